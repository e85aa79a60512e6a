#!/bin/bash
# A Ceph of one monitor, one OSD in memory and one radosgw, on 127.0.0.1 and for as long as stdin stays open.
# usage: radosgw.sh DIR PORT MON_PORT ACCESS_KEY SECRET_KEY; prints "ready", cleans up after itself when stdin ends.
set -euo pipefail
dir=$1 port=$2 mon=$3 access=$4 secret=$5
mkdir -p "$dir"/{mon,osd,rgw,run}
exec 3>&1 >"$dir/log" 2>&1

quit() {
  # shellcheck disable=SC2046
  kill -9 $(jobs -p) 2>/dev/null || true
  wait || true
  rm -rf "$dir"
}
trap quit EXIT

conf=$dir/ceph.conf fsid=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$mon]
public addr = 127.0.0.1
ms bind ipv6 = false
run dir = $dir/run
admin socket = $dir/run/\$name.asok
keyring = $dir/keyring
log file = $dir/\$name.log
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data = $dir/mon
osd data = $dir/osd
[client.rgw.a]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw enable usage log = false
CONF

key() { ceph-authtool "$dir/keyring" --gen-key -n "$@"; }
ceph-authtool --create-keyring "$dir/keyring"
key mon. --cap mon 'allow *'
key client.admin --cap mon 'allow *' --cap osd 'allow *'
key client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx'
key osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'

monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon]" "$dir/monmap"
ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
ceph-mon -c "$conf" -i a -f &

ceph() { timeout 30 ceph -c "$conf" "$@"; }
ceph osd new "$osd" 0
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd"
ceph osd crush add osd.0 1.0 root=default host=localhost
ceph-osd -c "$conf" -i 0 -f &

until ceph osd stat | grep -q '1 up'; do sleep 0.2; done
timeout 60 radosgw-admin -c "$conf" user create --uid=contract --display-name=contract --access-key="$access" --secret-key="$secret"
radosgw -c "$conf" -n client.rgw.a -f &
until (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
echo ready >&3
cat >/dev/null
