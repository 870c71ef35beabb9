# SPDX-License-Identifier: Apache-2.0
"""Documents that lie: manifests, indexes and configurations of OCI layouts (OCI image-spec), and docker archives (moby's
image/tarexport/load.go reads them)."""
import hashlib, json
from parts import Case, Expected, Layer, Layout, base_layer, config_of, directory, entry, hardlink, layout_of, pax, reads, refused, symlink, tar

cases = []
MANIFEST, CONFIG = "manifest.v1+json", "config.v1+json"
INDEX = "index.v1+json"
BASE = reads()


def case(name, make, expected, why):
    cases.append(Case("document/" + name, make, expected, why))


def with_config(change):
    """A layout whose configuration went through `change`: a document, or bytes."""
    layers = [base_layer()]
    return lambda: layout_of(layers, change(config_of(layers)))


def with_manifest(change):
    def make():
        layout = Layout()
        return layout.index(layout.json(change(layout.manifest([base_layer()])), MANIFEST))
    return make


def with_index(change):
    """`change` gets the layout and the manifest's descriptor and gives the entries of index.json, or its bytes."""
    def make():
        layout = Layout()
        entries = change(layout, layout.json(layout.manifest([base_layer()]), MANIFEST))
        if isinstance(entries, bytes):
            layout.files["index.json"] = entries
            return layout
        return layout.index(*entries)
    return make


def text(document, old, new):
    return json.dumps(document).replace(old, new).encode()


def jsons():
    case("json/plain", lambda: layout_of([base_layer()]), BASE, "the measure")
    for name, deep in [("arrays", b"[" * 10000 + b"]" * 10000), ("objects", b'{"a":' * 10000 + b"1" + b"}" * 10000), ("open", b"[" * 1000000)]:
        case("json/deep-" + name, with_config(lambda c, deep=deep: deep), refused("DOCUMENT_DEPTH_COUNT|nest|deep"), "10,000 levels: no recursion")
        case("json/deep-%s-inside" % name, with_config(lambda c, deep=deep: json.dumps(c)[:-1].encode() + b', "x": ' + deep + b"}"), refused("DOCUMENT_DEPTH_COUNT|nest|deep"), "in a field that nobody reads")
    case("json/duplicate-key", with_config(lambda c: text(c, '"config": {}', '"config": {}, "config": {"User": "root"}')), refused("same key twice"), "readers take the first or the last")
    case("json/duplicate-key-escaped", with_config(lambda c: text(c, '"config": {}', '"config": {}, "\\u0063onfig": {"User": "root"}')), refused("same key twice"), "the same key, spelled otherwise")
    case("json/duplicate-layers", with_manifest(lambda m: text(m, '"layers"', '"layers": [], "layers"')), refused("same key twice"), "an image of two lists of layers")
    case("json/other-case", with_manifest(lambda m: text(m, '"layers"', '"Layers": [], "layers"')), refused("case|twice|Layers"), "Go's encoding/json does not tell layers from Layers, and the last one wins")
    case("json/user-in-other-case", with_config(lambda c: text(c, '"config": {}', '"config": {"User": "1000", "user": "root"}')), refused("case|twice|user"), "the same: the container would run as root")
    for name, number in [("2^64", str(1 << 64)), ("2^63", str(1 << 63)), ("negative", "-1"), ("fraction", "1.5"), ("exponent", "1e3"), ("huge-exponent", "1e999999999"), ("digits", "9" * 100000)]:
        case("json/size-" + name, with_index(lambda l, d, number=number: text({"schemaVersion": 2, "manifests": [d]}, '"size": %d' % d["size"], '"size": ' + number)), refused("size|number|line"), "no number of bytes")
    case("json/number-unread", with_config(lambda c: text(c, '"config": {}', '"config": {}, "x": 1e999999999')), BASE, "in a field that nobody reads")
    case("json/cut", with_manifest(lambda m: json.dumps(m).encode()[:-20]), refused("line 1"), "truncated")
    case("json/trailing", with_manifest(lambda m: json.dumps(m).encode() + b"{}"), refused("line 1"), "a second document behind the first")
    case("json/empty", with_manifest(lambda m: b""), refused("."), "nothing")
    case("json/null", with_manifest(lambda m: b"null"), refused("object expected"), "no object")
    case("json/NUL", with_manifest(lambda m: json.dumps(m).encode() + b"\0"), refused("line 1"), "a C reader ends here")
    case("json/not-utf-8", with_config(lambda c: text(c, '"config": {}', '"config": {"User": "X"}').replace(b"X", b"\xff\xc0\x80")), refused("line 1|UTF-8"), "RFC 8259 8.1")
    case("json/lone-surrogate", with_config(lambda c: text(c, '"config": {}', '"config": {"User": "\\ud800"}')), refused("line 1"), "no character")
    case("json/byte-order-mark", with_manifest(lambda m: b"\xef\xbb\xbf" + json.dumps(m).encode()), refused("line 1|media"), "Go refuses it")
    case("json/4-MiB", with_config(lambda c: json.dumps(c).encode() + b" " * (4 << 20)), refused("bytes|DOCUMENT_BYTES"), "registries refuse it")
    case("json/500,000-strings", with_config(lambda c: {**c, "x": ["" for _ in range(500000)]}), BASE, "small, and many")


def descriptors():
    layer = base_layer()
    case("index/of-itself", with_index(lambda l, d: [{**d, "mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + "0" * 64}]), refused("0000"), "no index can hold its own digest")

    def nested(depth):
        def change(layout, entry):
            for _ in range(depth):
                entry = layout.json({"schemaVersion": 2, "manifests": [entry]}, INDEX)
            return [entry]
        return change

    case("index/nested-3", with_index(nested(3)), BASE, "indexes inside indexes")
    case("index/nested-100", with_index(nested(100)), refused("INDEX_DEPTH_COUNT"), "deeper than anybody needs")

    def wide(layout, entry):
        for _ in range(4):
            entry = layout.json({"schemaVersion": 2, "manifests": [entry] * 60}, INDEX)
        return [entry]

    case("index/60^4-entries", with_index(wide), refused("INDEX_ENTRY_COUNT|INDEX_DEPTH_COUNT"), "thirteen million images in five small files")
    case("index/manifest-as-index", with_index(lambda l, d: [{**d, "mediaType": "application/vnd.oci.image.index.v1+json"}]), refused("layers|manifests"), "one document, taken for two things")
    case("index/empty", with_index(lambda l, d: []), refused("."), "no image")
    case("index/digest-climbs", with_index(lambda l, d: [{**d, "digest": "sha256:../../../../etc/passwd"}]), refused("digest"), "a digest that is a path")
    case("index/digest-sha1", with_index(lambda l, d: [{**d, "digest": "sha1:" + "0" * 40}]), refused("digest"), "too weak")
    case("index/digest-upper-case", with_index(lambda l, d: [{**d, "digest": d["digest"].upper()}]), refused("digest"), "image-spec: lower case")
    case("index/artifact", with_index(lambda l, d: [d, {**d, "mediaType": "application/vnd.example+json"}]), refused("example"), "nothing that is skipped in silence")
    case("manifest/100,000-layers", with_manifest(lambda m: json.dumps({**m, "layers": m["layers"] * 15000}).encode()), refused("LAYER_COUNT|DOCUMENT_BYTES"), "as many as 4 MiB hold")
    case("manifest/100,000-short-layers", with_manifest(lambda m: json.dumps({**m, "layers": [{}] * 100000}).encode()), refused("LAYER_COUNT|layers"), "a hundred thousand of nothing")
    case("manifest/513-layers", lambda: layout_of([layer] * 513), refused("LAYER_COUNT"), "one too many")
    case("manifest/512-layers", lambda: layout_of([layer] * 512), BASE, "the most that are read; one blob, many times")
    case("manifest/size-too-small", with_manifest(lambda m: {**m, "layers": [{**m["layers"][0], "size": 1}]}), refused("bytes, the manifest says"), "of a layer")
    case("manifest/config-is-layer", with_manifest(lambda m: {**m, "config": {**m["layers"][0], "mediaType": m["config"]["mediaType"]}}), refused("line 1|configuration"), "a tar as configuration")
    case("manifest/layers-and-manifests", with_manifest(lambda m: {**m, "manifests": []}), refused("both"), "CVE-2021-41190: one document that is two")
    case("manifest/other-media-type", with_manifest(lambda m: {**m, "mediaType": "application/vnd.oci.image.index.v1+json"}), refused("media type"), "the same")
    case("manifest/schema-1", with_manifest(lambda m: {**m, "schemaVersion": 1}), refused("schemaVersion"), "another format")
    case("config/fewer-diff-ids", with_config(lambda c: {**c, "rootfs": {"type": "layers", "diff_ids": []}}), refused("diff|layer"), "a layer that the configuration does not know")
    case("config/more-diff-ids", with_config(lambda c: {**c, "rootfs": {"type": "layers", "diff_ids": c["rootfs"]["diff_ids"] * 2}}), refused("diff|layer"), "a layer that is not there")
    case("config/no-rootfs", with_config(lambda c: {k: v for k, v in c.items() if k != "rootfs"}), refused("diff|layer"), "none at all")
    case("config/other-diff-id", with_config(lambda c: {**c, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]}}), refused("0000"), "the plain tar is another")
    case("config/history-too-long", with_config(lambda c: {**c, "history": [{"created_by": "RUN x"}] * 20000}), BASE, "steps of no layer")
    case("config/history-wrong-type", with_config(lambda c: {**c, "history": {"a": 1}}), refused("history"), "an object where a list must be")
    case("config/user-number", with_config(lambda c: {**c, "config": {"User": 0}}), refused("User"), "a number where a text must be")
    tar512 = layer.blob
    sha512 = "sha512:" + hashlib.sha512(tar512).hexdigest()
    case("blob/sha512", lambda: layout_of([Layer(tar512, digest=sha512)]), BASE, "image-spec registers it")
    case("blob/sha512-wrong", lambda: layout_of([Layer(tar512, digest="sha512:" + "0" * 128)]), refused("sha512"), "and it is checked")
    case("blob/sha512-of-sha256-length", lambda: layout_of([Layer(tar512, digest="sha512:" + "0" * 64)]), refused("digest"), "the wrong number of digits")


# Layouts whose files are not files.

def links_in_layouts():
    def linked(place, target):
        def make(out, name):
            folder = out / (name + ".oci")
            layout = layout_of([base_layer()])
            layout.write(folder)
            path = folder / (place if place in layout.files else "blobs/" + base_layer().name().replace(":", "/"))
            data = path.read_bytes()
            path.unlink()
            (folder / "moved").write_bytes(data)
            path.symlink_to(target)
            return "oci:" + name + ".oci"
        return lambda: make

    case("layout/layer-linked", linked("layer", "../../moved"), BASE, "layouts in git repositories do this")
    case("layout/layer-linked-absolute", linked("layer", "/etc/passwd"), refused("."), "a file of the host")
    case("layout/layer-linked-outside", linked("layer", "../../../../../../../../etc/passwd"), refused("."), "a file of the host")
    case("layout/layer-linked-loop", linked("layer", base_layer().name().split(":")[1]), refused("."), "a link to itself")
    case("layout/layer-missing", linked("layer", "../../nothing-there"), refused("no such file"), "nothing there")
    case("layout/layer-is-device", linked("layer", "/dev/zero"), refused("."), "reading it would never end")
    case("layout/index-is-device", linked("index.json", "/dev/zero"), refused("."), "reading it would never end")


# Docker archives: a table of members, of which some are links.

def archive(members, raw=None):
    def make(out, name):
        (out / (name + ".tar")).write_bytes(raw if raw is not None else tar(*members))
        return "docker-archive:" + name + ".tar"
    return lambda: make


def docker():
    layer = base_layer()
    config = json.dumps(config_of([layer])).encode()
    manifest = json.dumps([{"Config": "c.json", "RepoTags": ["t:1"], "Layers": ["l/layer.tar"]}]).encode()

    def docs(*layers, manifest=manifest, config=config):
        return [entry("c.json", config), *layers, entry("manifest.json", manifest)]

    def of(*layers):
        return archive(docs(*layers))

    file = entry("l/layer.tar", layer.blob)
    case("docker/plain", of(file), BASE, "the measure")
    case("docker/layer-linked", of(entry("m/layer.tar", layer.blob), symlink("l/layer.tar", "../m/layer.tar")), BASE, "docker save writes this for equal layers")
    case("docker/layer-linked-outside", of(symlink("l/layer.tar", "../../../etc/passwd")), refused("link out of the archive"), "a file of the host")
    case("docker/layer-linked-absolute", of(symlink("l/layer.tar", "/etc/passwd")), refused("link out of the archive|not in the archive"), "a file of the host")
    case("docker/layer-linked-loop", of(symlink("l/layer.tar", "../m/layer.tar"), symlink("m/layer.tar", "../l/layer.tar")), refused("links without end"), "links to each other")
    case("docker/layer-linked-self", of(symlink("l/layer.tar", "layer.tar")), refused("links without end"), "a link to itself")
    case("docker/layer-hardlinked", of(entry("m/layer.tar", layer.blob), hardlink("l/layer.tar", "m/layer.tar")), BASE, "as tar writes equal files")
    case("docker/layer-hardlinked-missing", of(hardlink("l/layer.tar", "m/layer.tar")), refused("not in the archive"), "a link to nothing")
    case("docker/layer-linked-empty", of(symlink("l/layer.tar", "")), refused("link out of the archive|not in the archive"), "a link to nowhere")
    case("docker/layer-is-directory", of(directory("l/layer.tar/")), refused("not in the archive"), "no file")
    case("docker/layer-is-device", of(entry("l/layer.tar", type="3", major=1, minor=5)), refused("not in the archive"), "no file")
    case("docker/layer-missing", of(), refused("not in the archive"), "nothing there")
    case("docker/layer-sparse", of(pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "l/layer.tar"), ("GNU.sparse.realsize", str(1 << 60))) +
                                   entry("x", b"0\n".ljust(512, b"\0"))), refused("sparse|layer"), "an exabyte of nothing as a layer")
    case("docker/layer-twice", of(entry("l/layer.tar", tar(entry("etc/other"))), file), BASE, "the later member replaces the earlier, as in unpacking")
    case("docker/member-outside", of(entry("../l/layer.tar", layer.blob), file), refused("leads out of the archive"), "a path above the archive")
    case("docker/two-manifests", archive(docs(file) + [entry("manifest.json", manifest.replace(b"t:1", b"t:2"))]), refused("twice in the archive"), "readers take the first or the last")
    case("docker/two-manifests-spelled", archive(docs(file) + [entry("./manifest.json", manifest.replace(b"t:1", b"t:2"))]), refused("twice in the archive"), "the same file by another name")
    case("docker/manifest-linked", archive([entry("c.json", config), file, entry("real.json", manifest), symlink("manifest.json", "real.json")]), BASE, "harmless")
    case("docker/config-linked-outside", archive([symlink("c.json", "../../etc/passwd"), file, entry("manifest.json", manifest)]), refused("link out of the archive"), "a file of the host")
    case("docker/path-climbs", archive(docs(file, manifest=manifest.replace(b"l/layer.tar", b"../../etc/passwd"))), refused("leads out of the archive"), "manifest.json names a file of the host")
    case("docker/path-absolute", archive(docs(file, manifest=manifest.replace(b"l/layer.tar", b"/etc/passwd"))), refused("not in the archive"), "a file of the host")
    case("docker/100,000-layers", archive(docs(file, manifest=json.dumps([{"Config": "c.json", "Layers": ["l/layer.tar"] * 100000}]).encode())), refused("LAYER_COUNT"), "one file, many times")
    case("docker/10,000-images", archive(docs(file, manifest=b"[" + b",".join([manifest[1:-1]] * 10000) + b"]")), BASE, "one image, many times")
    case("docker/no-images", archive(docs(file, manifest=b"[]")), refused("."), "nothing to judge")
    case("docker/manifest-only", archive([entry("manifest.json", manifest)]), refused("not in the archive"), "nothing else")
    case("docker/hidden-behind-the-end", archive(None, raw=tar(*docs(file)) + tar(*docs(entry("l/layer.tar", tar(entry("etc/hidden")))))), refused("after|behind|end"), "a second archive behind the first")
    case("docker/cut", archive(None, raw=tar(*docs(file))[:-2000]), refused("."), "truncated")


jsons()
descriptors()
links_in_layouts()
docker()
