#!/usr/bin/env bash
# cluster_up.sh DIR: start a throw-away one-node SLURM cluster for the tests, as root, without
# systemd and cgroups. Key, sockets, state and logs lie under DIR; /etc/slurm/*.conf become links
# into it, because the plugin's inner srun looks nowhere else. cluster_down.sh DIR takes all away.
set -euo pipefail
folder=$(realpath -m "${1:?usage: cluster_up.sh DIR}")
for file in slurm.conf cgroup.conf; do
    [ -e "/etc/slurm/$file" ] || continue
    other=$(dirname "$(readlink -f "/etc/slurm/$file")")
    # A link into the folder of a test cluster that was killed is in nobody's way.
    if [ ! -L "/etc/slurm/$file" ] || kill -0 "$(cat "$other/run/slurmctld.pid" 2>/dev/null)" 2>/dev/null; then
        echo "/etc/slurm/$file is of another cluster and is not touched" >&2
        exit 3
    fi
done
mkdir -p "$folder"/{run,log,state,spool} /etc/slurm
chmod 755 "$folder" "$folder/run"
host=$(hostname -s)
# Jobs that wait for a test to go on take a place and no time.
cpus=$(($(nproc) > 4 ? $(nproc) : 4))
memory=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024 - 512))

(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
munged --key-file="$folder/munge.key" --socket="$folder/run/munge.socket" \
    --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" \
    --seed-file="$folder/state/munge.seed" --num-threads=2

# Memory limits are kept by polling, for want of cgroups; ended jobs stay visible to squeue.
cat >"$folder/slurm.conf" <<CONF
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/run/munge.socket
SlurmctldPort=${SLURMCTLD_PORT:-16817}
SlurmdPort=${SLURMD_PORT:-16818}
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,batch_sched_delay=0,bf_interval=2,sched_min_interval=100000
SlurmdParameters=config_overrides
ReturnToService=2
EnforcePartLimits=ALL
MinJobAge=3600
KillWait=5
OverTimeLimit=0
SlurmctldTimeout=60
SlurmdTimeout=60
DefMemPerCPU=500
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory State=UNKNOWN
PartitionName=short Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
echo "CgroupAutomount=no" >"$folder/cgroup.conf"
for file in slurm.conf cgroup.conf; do
    ln -sfn "$folder/$file" "/etc/slurm/$file"
done
slurmctld -c -f "$folder/slurm.conf"
slurmd -f "$folder/slurm.conf" -N "$host"
for _ in $(seq 60); do
    case "$(sinfo -h -o %T 2>/dev/null)" in *idle* | *mixed* | *allocated*) exit 0 ;; esac
    sleep 0.5
done
echo "the cluster did not come up" >&2
tail -n 20 "$folder"/log/*.log >&2
exit 1
