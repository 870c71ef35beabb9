#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# containers-storage: images as podman, buildah, CRI-O and skopeo keep them, read without any of them.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
for needed in skopeo podman; do command -v $needed >/dev/null || { echo "$needed, which fills a store, is not here"; exit 77; }; done
[ "$(id -u)" = 0 ] || { echo "stores are filled by root here"; exit 77; }
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run
# The overlay driver mounts its directory over itself.
trap "umount '$work'/*/overlay 2>/dev/null; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT
unset CONTAINERS_STORAGE_CONF STORAGE_DRIVER XDG_CONFIG_HOME XDG_DATA_HOME

# Three layers that have all that a tar may have and a store must keep.
cat >make.py <<'P'
import gzip, hashlib, io, json, os, pathlib, subprocess, sys, tarfile

def layer(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, text, more in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.mtime = kind, more.pop("mode", 0o755 if kind == tarfile.DIRTYPE else 0o644), 1700000000
            info.pax_headers = more.pop("pax", {})
            for key, value in more.items():
                setattr(info, key, value)
            data = text.encode() if isinstance(text, str) else text
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname, data = text, b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()

def directory(name, **more): return name, tarfile.DIRTYPE, b"", more
def file(name, text="", **more): return name, tarfile.REGTYPE, text, more
def link(name, to): return name, tarfile.SYMTYPE, to, {}
def hard(name, to): return name, tarfile.LNKTYPE, to, {}

long = "srv/" + "/".join(["a-name-that-is-long-enough-to-need-more-than-one-header"] * 6)
layers = [
    layer(directory("etc/"), directory("usr/"), directory("usr/lib/"), link("lib", "usr/lib"), file("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
          directory("var/lib/dpkg/"), file("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"),
          file("etc/gone", "x"), directory("opt/old/"), file("opt/old/file", "y"), file("etc/empty")),
    layer(directory("bin/"), file("bin/su", "\x7fELF" + "z" * 5000, mode=0o4755), hard("bin/su2", "bin/su"), hard("bin/su3", "bin/su2"),
          file("bin/ping", "p" * 300, pax={"SCHILY.xattr.security.capability": "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"}),
          file("etc/.wh.gone"), file("opt/.wh..wh..opq"), file("opt/new", "n" * 513), file("srv/umlaut-\xe4", "u"), file(long, "deep" * 1000),
          file("srv/secret", "s" * 40, mode=0o600, uid=1000, gid=1000), file("srv/user", "v", pax={"SCHILY.xattr.user.note": "a note"}),
          ("dev/null0", tarfile.CHRTYPE, b"", {"devmajor": 1, "devminor": 3}), ("run/pipe", tarfile.FIFOTYPE, b"", {})),
    layer(file("./srv/dotted", "dotted"), file("srv/numbers", "".join(f"{i}\n" for i in range(200000))))
]
if sys.argv[1:] == ["through"]:
    layers.append(layer(file("lib/through", "the directory is a link of a lower layer")))
if sys.argv[1:] == ["sparse"]:
    subprocess.run("truncate -s 1M hole; printf x >>hole; tar --sparse --format=posix --mtime=@1700000000 --owner=0 --group=0 -cf sparse.tar hole", shell=True, check=True)
    layers.append(pathlib.Path("sparse.tar").read_bytes())
out = pathlib.Path((sys.argv[1:] or ["image"])[0] + ".oci")
(out / "blobs/sha256").mkdir(parents=True)

def blob(data, media):
    number = hashlib.sha256(data).hexdigest()
    (out / "blobs/sha256" / number).write_bytes(data)
    return {"mediaType": "application/vnd.oci.image." + media, "digest": "sha256:" + number, "size": len(data)}

config = blob(json.dumps({"os": "linux", "architecture": "amd64", "config": {"User": "1000", "Entrypoint": ["/bin/ping"]},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in layers]},
    "history": [{"created_by": f"COPY layer{i} /"} for i in range(len(layers))]}).encode(), "config.v1+json")
stored = [blob(gzip.compress(tar, mtime=0), "layer.v1.tar+gzip") for tar in layers]
manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": stored}).encode(), "manifest.v1+json")
(out / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
(out / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
print(config["digest"][7:], manifest["digest"])
P
read -r config manifest < <(python3 make.py)
cat >p.yaml <<'Y'
plimsoll: v1
name: t
metadata: {user: {root: deny}}
components: {forbidden: [{path: /srv/numbers, reason: none}, {path: /etc/gone, reason: none}]}
rules:
  - {id: t/set-uid, severity: low, title: set-uid, query: "SELECT path FROM file WHERE mode & 2048"}
unknown: {os: warn}
Y
judge() { timeout 120 "$plimsoll" check --policy p.yaml --at 2026-11-20 --output json "$@" >v.json 2>err; }
findings() { jq -cS '[.findings, .areas, .inventory, .unknown, .layers]' v.json; }
rows() {
	"$plimsoll" query --no-cache --output csv "$1" "SELECT f.path, f.type, f.mode, f.uid, f.gid, f.size, f.link, f.digest, f.capability, f.layer FROM file f ORDER BY 1" &&
		"$plimsoll" query --output csv "$1" "SELECT * FROM extended_attributes" && "$plimsoll" query --output csv "$1" "SELECT name, version, layer FROM package"
} 2>&1
judge --no-cache oci:image.oci
check "the layout itself" 1 $?
findings >wanted; rows oci:image.oci >wanted-rows
check "it has what it should have" "/bin/ping 0644 yes
/bin/su 4755 no
/bin/su2 4755 no
/opt/new 0644 no
user.note" "$(python3 -c '
import csv
for row in csv.reader(open("wanted-rows")):
    if row and (row[0].startswith(("/bin/ping", "/bin/su", "/etc/gone", "/opt/")) and row[0] != "/bin/su3"):
        print(row[0], row[2], "yes" if len(row) > 8 and row[8] else "no")'; grep -o user.note wanted-rows)"

store() { echo "[$1@$work/store-$1+$work/run-$1]"; }
fill() { skopeo --insecure-policy copy --quiet "$2" "containers-storage:$(store "$1")$3" >>skopeo.log 2>&1; }
told() { # NAME PATTERN TARGET
	judge --no-cache "$3"
	status=$?
	check "$1" "3  1" "$status $(cat v.json) $(grep -cE -- "$2" err)"
	[ "$(grep -cE -- "$2" err)" = 1 ] || sed 's/^/    /' err
}

drivers=
for driver in vfs overlay; do
	fill $driver oci:image.oci localhost/team/web:1 || { echo "skipped: a store of the driver $driver cannot be filled here: $(tail -n 1 skopeo.log)"; continue; }
	drivers+=" $driver"
	here=containers-storage:$(store $driver)
	judge --no-cache "${here}localhost/team/web:1"
	check "$driver: an image" "1 containers-storage:localhost/team/web:1 localhost/team/web:1 sha256:$config $manifest" \
		"$? $(jq -r '.subject | [.target, .reference, .config, .manifest] | join(" ")' v.json)"
	check "$driver: its findings are those of its layout" "$(cat wanted)" "$(findings)"
	check "$driver: its rows are those of its layout" "" "$(diff wanted-rows <(rows "${here}localhost/team/web:1"))"
	rm -rf cache
	judge "${here}team/web:1"
	check "$driver: it is read for the cache" 1 $?
	mkdir away; mv store-$driver/$driver-layers/*.gz away
	judge "${here}team/web:1"
	status=$?
	check "$driver: a layer that is known is not made again" "1 $(cat wanted)" "$status $(findings)"
	told "$driver: without cache it is" "layers/[0-9a-f]{64}: $driver-layers/.* is not there" "${here}team/web:1"
	mv away/* store-$driver/$driver-layers; rmdir away
done
[ -n "$drivers" ] || { echo "no store can be filled here"; exit 77; }
driver=${drivers##* }
first=${drivers# }; first=${first%% *}
here=containers-storage:$(store "$first")
store=store-$first

# Names, as podman resolves them.
named() { # NAME WANTED REFERENCE
	judge "$here$3"
	check "$1" "1 $2" "$? $(jq -r .subject.reference v.json)"
}
named "a whole name" localhost/team/web:1 localhost/team/web:1
named "a short one" localhost/team/web:1 team/web:1
named "an id" localhost/team/web:1 "$config"
named "an id with its algorithm" localhost/team/web:1 "sha256:$config"
named "the beginning of an id" localhost/team/web:1 "${config:0:6}"
named "a name and the id" localhost/team/web:1 "localhost/team/web:1@$config"
named "the id alone, as skopeo writes it" localhost/team/web:1 "@$config"
named "a digest" localhost/team/web:1 "localhost/team/web@$manifest"
fill "$first" oci:image.oci docker.io/library/base:latest
fill "$first" oci:image.oci registry.example/far/thing:2
named "docker.io and latest go without saying" docker.io/library/base:latest base
named "a name of Docker's with its user" docker.io/library/base:latest library/base:latest
named "the end of one name" registry.example/far/thing:2 thing:2
told "no such tag" "no image 'team/web'; there are: .*localhost/team/web:1" "${here}team/web"
told "no such name" "no image 'nothing'" "${here}nothing"
told "no such id" "no image 'abcdef'" "${here}abcdef"
told "no such digest" "no image" "${here}localhost/team/web@sha256:$(printf '%064d' 0)"
told "a name and another's id" "no image" "${here}localhost/team/web:1@$(printf '%064d' 0)"
told "no reference" "needs a reference" "$here"
told "no store" "there is no store at $work/nowhere" "containers-storage:[vfs@$work/nowhere]a"
told "an empty store" "no store of the drivers" "containers-storage:[$work]a"
told "another driver" "driver 'btrfs' is not read" "containers-storage:[btrfs@$work/$store]a"
told "no directory" "write \[DRIVER@/DIRECTORY\]" "containers-storage:[vfs@there]a"
judge "containers-storage:[$work/$store]team/web:1"
check "a store tells its driver itself" 1 $?
printf 'plimsoll: v1\nname: t\norigin: {registries: ["localhost/team/*"]}\nunknown: {os: warn}\n' >origin.yaml
"$plimsoll" check --policy origin.yaml "${here}team/web:1" >out 2>err
check "where it will live is not known of it" "2 1" "$? $(grep -c -e --as out)"
"$plimsoll" diff --policy p.yaml --at 2026-11-20 "${here}team/web:1" oci:image.oci >out 2>err
check "a comparison with its layout" "0 COMPARED" "$? $(grep -o COMPARED out)$(grep '^  files.*changed' out)"

# Where the store is.
printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\n' "$first" "$work/$store" >storage.conf
CONTAINERS_STORAGE_CONF=$work/storage.conf judge containers-storage:team/web:1
check "storage.conf" 1 $?
printf '[storage]\ndriver = "zfs"\ngraphroot = "%s"\n' "$work/$store" >storage.conf
CONTAINERS_STORAGE_CONF=$work/storage.conf told "its driver" "driver 'zfs'" containers-storage:team/web:1
CONTAINERS_STORAGE_CONF=$work/storage.conf STORAGE_DRIVER=$first judge containers-storage:team/web:1
check "STORAGE_DRIVER" 1 $?
printf '[storage]\ndriver = "vfs"\nDriver = "vfs"\n' >storage.conf
CONTAINERS_STORAGE_CONF=$work/storage.conf told "a key twice" "line [23]: 'driver' stands twice" containers-storage:a
CONTAINERS_STORAGE_CONF=$work/none.conf told "no storage.conf" "none.conf: no such file" containers-storage:a
mkdir -p .config/containers .local/share/containers
ln -s "$work/$store" .local/share/containers/storage
_CONTAINERS_USERNS_CONFIGURED=1 judge containers-storage:team/web:1
check "a user's store" 1 $?
rm .local/share/containers/storage
printf '[storage]\ngraphroot = "$HOME/%s"\n' "$store" >.config/containers/storage.conf
_CONTAINERS_USERNS_CONFIGURED=1 judge containers-storage:team/web:1
check "a user's storage.conf" 1 $?

# An index beside the manifest, as registries' images have it.
python3 - "$manifest" <<'P'
import hashlib, json, os, shutil, sys
size = os.path.getsize("image.oci/blobs/sha256/" + sys.argv[1][7:])
index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
    {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": sys.argv[1], "size": size, "platform": {"os": "linux", "architecture": "amd64"}}]}).encode()
number = hashlib.sha256(index).hexdigest()
shutil.copytree("image.oci", "index.oci")
open("index.oci/blobs/sha256/" + number, "wb").write(index)
json.dump({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + number, "size": len(index)}]},
          open("index.oci/index.json", "w"))
open("index.digest", "w").write("sha256:" + number)
P
if fill "$first" oci:index.oci localhost/many:1; then
	judge "${here}many:1"
	check "the index that it was chosen from" "$(cat index.digest) $manifest" "$(jq -r '.subject | [.index, .manifest] | join(" ")' v.json)"
	judge "${here}localhost/many@$(cat index.digest)"
	check "by the digest of the index" 1 $?
fi

# podman's own.
podman=(podman --root "$work/$store" --runroot "$work/run-$first" --storage-driver "$first")
"${podman[@]}" tag localhost/team/web:1 localhost/tagged:1 >>skopeo.log 2>&1
named "what podman tagged" localhost/tagged:1 tagged:1
"${podman[@]}" rmi localhost/tagged:1 >>skopeo.log 2>&1
told "what podman removed" "no image" "${here}tagged:1"

# A layer that leads through a lower one's link: where the store followed it, its file is found.
python3 make.py through >/dev/null
judge oci:through.oci; findings >through
for driver in $drivers; do
	fill $driver oci:through.oci localhost/through:1
	judge --no-cache "containers-storage:$(store $driver)through:1"
	check "$driver: a layer through a link" "$(cat through)" "$(findings)"
done

# A sparse file: tar-split keeps its bytes or the store refuses it; nothing in between.
if python3 make.py sparse >/dev/null 2>&1 && fill "$first" oci:sparse.oci localhost/sparse:1; then
	judge oci:sparse.oci; findings >sparse
	judge --no-cache "${here}sparse:1"
	status=$?
	if [ $status = 3 ]; then
		check "a sparse file that the store cannot give back is told" 1 "$(grep -cE 'layer|sha256' err)"
	else
		check "a sparse file" "1 $(cat sparse)" "$status $(findings)"
	fi
else
	echo "skipped: a sparse file, which the store does not take"
fi

# Broken and hostile stores: a fresh copy each, and an error that names layer and file.
top=$(jq -r ".[] | select(.id == \"$config\").layer" "$store/$first-images/images.json")
files() { [ "$first" = vfs ] && echo "broken/vfs/dir/$1" || echo "broken/overlay/$1/diff"; }
fresh() { rm -rf broken; cp -a "$store" broken; }
broken() { # NAME PATTERN
	told "$1" "$2" "containers-storage:[$first@$work/broken]team/web:1"
}
edit() { # FILE FILTER
	jq -c "$2" "broken/$first-$1" >new && cat new >"broken/$first-$1"
}
split() { # PYTHON over `lines`
	python3 - "broken/$first-layers/$top.tar-split.gz" "$1" <<'P'
import base64, gzip, json, sys
lines = [json.loads(line) for line in gzip.open(sys.argv[1])]
first = next(line for line in lines if line["type"] == 1 and line.get("size"))
exec(sys.argv[2])
gzip.open(sys.argv[1], "wt").write("".join(json.dumps(line) + "\n" for line in lines))
P
}
fresh; broken_ok=$(judge --no-cache "containers-storage:[$first@$work/broken]team/web:1"; echo $?)
check "the copy itself" 1 "$broken_ok"
rm "$(files "$top")/srv/numbers"; broken "a missing file" "layers/$top: srv/numbers: the file is no longer there"
fresh; echo >>"$(files "$top")/srv/numbers"; broken "a longer file" "layers/$top: srv/numbers: the file has 1288891 bytes, not 1288890"
fresh; printf X | dd of="$(files "$top")/srv/numbers" conv=notrunc status=none; broken "a changed file" "layers/$top: srv/numbers: the file's content was changed"
fresh; chmod -R a+rX broken; chmod 600 "$(files "$top")/srv/numbers"; chmod 755 "$work"
printf '#!/bin/sh\nXDG_CACHE_HOME=%s exec setpriv --reuid 65534 --regid 65534 --clear-groups "%s" "$@"\n' "$work/nobodys" "$plimsoll" >nobody; chmod 755 nobody
if ./nobody --version >/dev/null 2>&1; then
	real=$plimsoll plimsoll=$work/nobody
	broken "a file of another user" "layers/$top: srv/numbers: permission denied: .*podman unshare plimsoll"
	plimsoll=$real
else
	echo "skipped: a file of another user, who cannot reach this program"
fi
fresh; rm "$(files "$top")/srv/numbers"; ln -s /etc/passwd "$(files "$top")/srv/numbers"; broken "a link in its place" "srv/numbers: a link has come"
fresh; rm "$(files "$top")/srv/numbers"; mkfifo "$(files "$top")/srv/numbers"; broken "a pipe in its place" "srv/numbers: something else"
fresh; mv "$(files "$top")/srv" "$work/elsewhere"; ln -s "$work/elsewhere" "$(files "$top")/srv"; broken "a directory that leads out" "srv/(dotted|numbers): the file is no longer there"; rm -rf elsewhere
fresh; split 'first["name"] = "../../../../../../../../etc/passwd"'; broken "a name that climbs out" "etc/passwd: .*(climb|out|above|root)"
fresh; split 'first["name"] = "/etc/passwd"'; broken "an absolute name" "/etc/passwd: the file is no longer there"
fresh; split 'first["name"] = "srv"'; broken "content of a directory" "srv: something else"
fresh; split 'first["name"] = "./"'; broken "content of the root" "content for the root"
fresh; split 'del first["name"]'; broken "a file without name" "tar-split, line [0-9]+: a file needs"
fresh; split 'first["name_raw"] = base64.b64encode(first["name"].encode()).decode()'; broken "two names" "a file needs either"
fresh; split 'first["Name"] = "x"'; broken "a key in another case" "name: the key is there in another case"
fresh; split 'first["size"] -= 1'; broken "another size" "not [0-9]+: it was changed"
fresh; split 'first["payload"] = "AAAAAAAAAAA="'; broken "another checksum" "content was changed"
fresh; split 'first["payload"] = None'; judge --no-cache "containers-storage:[$first@$work/broken]team/web:1"
check "no checksum: the digest suffices" 1 $?
fresh; split 'lines[0]["payload"] = base64.b64encode(b"x" * 512).decode()'; broken "another header" "blob is sha256:|sha256:.*names?"
fresh; split 'lines[0]["payload"] = "!!!!"'; broken "no base64" "tar-split, line 1: bytes that are no base64"
fresh; split 'lines[0]["type"] = 3'; broken "another type" "tar-split, line 1: type: neither"
fresh; split 'del lines[-3:]'; broken "an early end" "tar-split ends [0-9]+ bytes early"
fresh; split 'lines.insert(2, {"type": 2, "payload": "AAAA"})'; broken "bytes too many" "longer than the store says"
fresh; split 'lines[0]["payload"] = base64.b64encode(bytes(20 << 20)).decode()'; broken "a line without end" "limit TAR_SPLIT_LINE_BYTES"
fresh; truncate -s 200 "broken/$first-layers/$top.tar-split.gz"; broken "a truncated tar-split" "layers/$top: .*gzip|cut off|ends"
fresh; echo nonsense >"broken/$first-layers/$top.tar-split.gz"; broken "a tar-split that is none" "layers/$top: .*gzip"
fresh; rm "broken/$first-layers/$top.tar-split.gz"; broken "no tar-split" "$top.tar-split.gz is not there"
fresh; rm -r "$(files "$top")"; broken "no directory of files" "$top.*no such directory"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .parent = .id else . end)"; broken "a layer below itself" "layers.json: layer $top: it is below itself"
fresh; edit layers/layers.json '(.[0].parent = .[-1].id) | (.[-1].parent = .[0].id)'; broken "a circle of layers" "layers.json: layer $top: it is below itself"
fresh; edit layers/layers.json "map(select(.id == \"$top\"))"; broken "a missing layer" "layers.json: layer .*: there is none of that id"
fresh; edit layers/layers.json '. + [.[0]]'; broken "a layer twice" "layers.json: .*the id is there twice"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .[\"diff-size\"] = 999999999999999 else . end)"; broken "a huge size" "limit LAYER_BYTES"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .[\"diff-size\"] += 512 else . end)"; broken "a size that is too large" "tar-split ends 512 bytes early"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .[\"diff-size\"] -= 512 else . end)"; broken "a size that is too small" "longer than the store says|blob is sha256"
fresh; edit layers/layers.json "map(if .id == \"$top\" then del(.[\"diff-digest\"]) else . end)"; broken "a layer without digest" "does not know its plain tar"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .[\"diff-digest\"] = \"sha256:$(printf '%064d' 1)\" else . end)"; broken "another digest" "blob is sha256:"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .[\"diff-size\"] = \"many\" else . end)"; broken "a size that is a word" "diff-size: number expected"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .ID = \"x\" else . end)"; broken "an id in two cases" "id: the key is also there"
fresh; edit images/images.json "map(.layer = \"../../../../etc\")"; broken "an image's layer that leads out" "layers.json: layer .*: there is none of that id"
fresh; edit layers/layers.json "map(if .id == \"$top\" then .id = \"../../../../etc\" else . end)"; edit images/images.json "map(.layer = \"../../../../etc\")"
broken "a layer's id that leads out" "names a layer that there is not"
fresh; edit images/images.json "map(select(.id == \"$config\") | .id = \"../../../../etc\")"; broken "an image's id that leads out" "no file of a store"
fresh; edit images/images.json ". + [.[0] | .id = \"$(printf '%064d' 1)\"]"; broken "a name of two images" "could mean two images"
fresh; edit images/images.json 'map(.digest = "sha256:0")'; broken "a digest that is none" "images.json: \[0\]: digest: not a sha256"
fresh; edit images/images.json "map(.digest = \"sha256:$(printf '%064d' 1)\")"; broken "another manifest's digest" "sha256"
fresh; printf '[{' >"broken/$first-images/images.json"; broken "an images.json that is cut off" "images.json: JSON, line 1"
fresh; truncate -s 5M "broken/$first-images/images.json"; broken "an images.json that is too long" "limit DOCUMENT_BYTES"
fresh; rm "broken/$first-images/images.json"; broken "no images.json" "images.json: no such file"
fresh; rm "broken/$first-images/images.json"; ln -s /etc/passwd "broken/$first-images/images.json"; broken "an images.json elsewhere" "a link out of"
fresh; : >"broken/$first-images/$config/manifest"; for f in "broken/$first-images/$config/="*; do : >"$f"; done; broken "empty documents" "sha256:|manifest"
fresh; for f in "broken/$first-images/$config/=c2hhMjU2"*; do printf ' ' >>"$f"; done; broken "a changed configuration" "its digest is sha256:"
exit $failed
