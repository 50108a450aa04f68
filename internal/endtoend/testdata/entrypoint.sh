#!/usr/bin/env bash
# What Flink's documentation says of the entrypoint of its images (Docker Setup): the first
# argument chooses what to start in the foreground, ENABLE_BUILT_IN_PLUGINS links jars of
# opt into folders of plugins and ends the container if one is missing, anything else is a
# command. The configuration is mounted read-only, so that it edits nothing.
for jar in ${ENABLE_BUILT_IN_PLUGINS//;/ }; do
  [ -f "$FLINK_HOME/opt/$jar" ] || { echo "plugin $jar is not in opt" >&2; exit 1; }
  mkdir -p "$FLINK_HOME/plugins/${jar%.jar}"
  ln -fs "$FLINK_HOME/opt/$jar" "$FLINK_HOME/plugins/${jar%.jar}"
done
command=$1
case $command in
jobmanager | taskmanager | standalone-job) exec "$FLINK_HOME/bin/$command.sh" start-foreground "${@:2}" ;;
esac
exec "$@"
