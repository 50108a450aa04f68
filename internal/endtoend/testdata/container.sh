# container.sh DIR COMMAND...: runs a command as a container of a pod, in namespaces that it
# has already. DIR has what the pod says: hostname, user, the layers of the image and mounts,
# one a line: source, target, ro or rw. A layer above the distribution keeps what is written.
set -e
dir=$1
shift
hostname "$(cat "$dir/hostname")"
mount -t tmpfs none /opt
mkdir /opt/flink
mount -t overlay none -o "lowerdir=$(cat "$dir/layers"),upperdir=$dir/upper,workdir=$dir/work" /opt/flink
while read -r source target mode; do
  if [ -d "$source" ]; then mkdir -p "$target"; else mkdir -p "$(dirname "$target")" && touch "$target"; fi
  mount --bind "$source" "$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$target"
done <"$dir/mounts"
read -r uid gid <"$dir/user"
cd /opt/flink
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
