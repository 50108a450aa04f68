# submit.sh JOB COMMAND...
# Hands a job to a session cluster with one of Flink's clients, once: the cluster refuses an
# id that it has had, so that another pod, after one that died, does not submit it again.
set -o pipefail
job=$1 log=/tmp/submit.log
shift
"$@" 2>&1 | tee "$log"
status=$?
said() { grep -q -e "$1" "$log"; }
said '\[ERROR\] Could not execute SQL statement' && status=1 # the SQL client ends with 0 all the same
if said "Job \?ID:\? $job"; then
  [ $status -eq 0 ] && exit 0
  echo "$0: job $job was submitted, but its program has failed: a Deployment is one job, of one execute() or" \
    "one INSERT or STATEMENT SET"
  exit 3 # for good: the next pod would find the job submitted
fi
if said DuplicateJobSubmissionException; then
  echo "$0: the cluster has job $job already, or had it"
  exit 0
fi
echo "$0: job $job was not submitted"
exit 1
