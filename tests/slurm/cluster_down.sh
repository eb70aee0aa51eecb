#!/usr/bin/env bash
# cluster_down.sh DIR: stop the daemons that cluster_up.sh started there, and remove its links.
set -uo pipefail
folder=$(realpath "${1:?usage: cluster_down.sh DIR}")
scancel --user="$(id -un)" 2>/dev/null
for daemon in slurmd slurmctld munged; do
    file="$folder/run/$daemon.pid"
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    kill -9 "$pid" 2>/dev/null
    rm -f "$file"
done
for file in slurm.conf cgroup.conf; do
    [ "$(readlink "/etc/slurm/$file")" = "$folder/$file" ] && rm -f "/etc/slurm/$file"
done
exit 0
