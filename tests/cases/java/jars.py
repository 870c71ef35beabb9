#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Java archives put together from readable parts: honest ones, odd ones that java reads, and hostile ones: jars.py DIRECTORY [NAME...]"""
import os, pathlib, struct, sys, zlib

STORED, DEFLATED = 0, 8


def member(name, data=b"", method=DEFLATED, **lies):
    """One member; `lies` replace what its headers say: size, packed, crc, flags, local (its name there), at (its header's place)."""
    data = data.encode() if isinstance(data, str) else data
    name = name.encode() if isinstance(name, str) else name
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = compressor.compress(data) + compressor.flush() if method == DEFLATED else data
    return {"name": name, "data": packed, "method": method, "flags": 0, "size": len(data), "packed": len(packed), "crc": zlib.crc32(data),
            "local": name, "at": None, "extra": b"", "descriptor": False, **lies}


def local(m):
    if m["descriptor"]:
        head = struct.pack("<IHHHIIIIHH", 0x04034B50, 20, m["flags"] | 8, m["method"], 0, 0, 0, 0, len(m["local"]), 0)
        return head + m["local"] + m["data"] + struct.pack("<IIII", 0x08074B50, m["crc"], m["packed"], m["size"])
    return struct.pack("<IHHHIIIIHH", 0x04034B50, 20, m["flags"], m["method"], 0, m["crc"], m["packed"] & 0xFFFFFFFF, m["size"] & 0xFFFFFFFF,
                       len(m["local"]), 0) + m["local"] + m["data"]


def entry(m, at):
    return struct.pack("<IHHHHIIIIHHHHHII", 0x02014B50, 20, 20, m["flags"] | (8 if m["descriptor"] else 0), m["method"], 0, m["crc"], m["packed"],
                       m["size"], len(m["name"]), len(m["extra"]), 0, 0, 0, 0, at) + m["name"] + m["extra"]


def jar(*members, before=b"", behind=b"", comment=b"", zip64=False, count=None):
    body, directory = b"", b""
    for m in members:
        directory += entry(m, len(body) if m["at"] is None else m["at"])
        body += local(m) if m["at"] is None else b""
    count = len(members) if count is None else count
    end, said = len(body) + len(directory), (count & 0xFFFF, len(directory), len(body))
    tail = b""
    if zip64:
        tail = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), len(body)) + struct.pack("<IIQI", 0x07064B50, 0, end, 1)
        said = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    tail += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, said[0], said[0], said[1], said[2], len(comment)) + comment
    return before + body + directory + tail + behind


def properties(group, artifact, version):
    return member(f"META-INF/maven/{group}/{artifact}/pom.properties", f"#Generated\ngroupId={group}\nartifactId={artifact}\nversion={version}\n")


def pom(group, artifact, version, rest=""):
    return member(f"META-INF/maven/{group}/{artifact}/pom.xml", f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>{rest}
</project>
""")


def manifest(*lines):
    return member("META-INF/MANIFEST.MF", "\r\n".join(("Manifest-Version: 1.0",) + lines) + "\r\n\r\nName: a/B.class\r\nSHA-256-Digest: x\r\n\r\n")


CLASS = member("com/shop/Main.class", b"\xca\xfe\xba\xbe")
LICENSES = "<licenses><license><name>MIT</name></license><license><name>Apache &amp; 2.0</name></license></licenses>"
DEPENDENCIES = """<organization><name>Shop</name></organization><properties><codec>commons-codec</codec></properties><dependencies>
<dependency><groupId>${codec}</groupId><artifactId>${codec}</artifactId><version>1.10</version><exclusions><exclusion><groupId>x</groupId></exclusion></exclusions></dependency>
<dependency><groupId>${project.groupId}</groupId><artifactId>base</artifactId><version>${project.version}</version><scope>runtime</scope></dependency>
<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13</version><scope>test</scope></dependency>
</dependencies>"""


def plain(artifact="util", version="1.0", group="com.shop"):
    return jar(manifest(), CLASS, properties(group, artifact, version), pom(group, artifact, version, LICENSES + DEPENDENCIES))


def inside(name, data, **how):
    return member(name, data, **{"method": STORED, **how})


def fat():
    inner = [inside("BOOT-INF/lib/commons-codec-1.10.jar", plain("commons-codec", "1.10", "commons-codec")),
             inside("BOOT-INF/lib/snakeyaml-1.18.jar", jar(manifest("Bundle-SymbolicName: org.yaml.snakeyaml", "Bundle-Version: 1.18.0")), method=DEFLATED)]
    return jar(manifest("Start-Class: com.shop.Main", "Implementation-Title: billing", "Implementation-Version: 2.3.0"),
               properties("com.shop", "billing", "2.3.0"), *inner)


def nested(depth, method=DEFLATED):
    data = plain("deep", "1.0")
    for i in range(depth):
        data = jar(properties("com.shop", f"level{i}", "1"), inside(f"n{i}.jar", data, method=method))
    return data


def sharing(count=60):
    """Members that are all the same stored jar, which again has members that are all the same."""
    def layer(data, n):
        one = member("m0.jar", data, STORED)
        return jar(one, *({**one, "name": b"m%d.jar" % i, "at": 0} for i in range(1, n)))
    return layer(layer(layer(layer(plain(), count), count), count), count)


SCRIPT = b"#!/bin/bash\nexec java -jar \"$0\" \"$@\"\n"
JARS = {
    # honest
    "util-1.0.jar": plain,
    "logging.jar": lambda: jar(manifest("Bundle-SymbolicName: log4j"), properties("log4j", "log4j", "1.2.17")),
    "billing-2.3.0.jar": fat,
    "shop.war": lambda: jar(properties("com.shop", "shop", "3"), inside("WEB-INF/lib/util-1.0.jar", plain()),
                            inside("WEB-INF/lib/util-1.1.jar", plain("util", "1.1"), method=DEFLATED)),
    "all.ear": lambda: jar(manifest(), inside("shop.war", JARS["shop.war"](), method=DEFLATED), inside("lib/LOUD-1.0.JAR", plain("loud", "1.0"))),
    "UPPER-1.0.JAR": lambda: plain("UPPER"),
    "shaded-1.5.jar": lambda: jar(manifest(), properties("com.shop", "shaded", "1.5"), properties("com.google.guava", "guava", "31.1-jre"),
                                  pom("org.json", "json", "20180813", LICENSES)),
    "uber-2.0-all.jar": lambda: jar(manifest("Main-Class: a.B"), properties("com.google.guava", "guava", "31.1-jre")),
    "parent-4.jar": lambda: jar(member("META-INF/maven/g/parent-4/pom.xml", "<project><parent><groupId>com.shop</groupId><artifactId>p</artifactId>"
                                       "<version>4</version></parent><artifactId>parent</artifactId></project>")),
    "folded-1.jar": lambda: jar(manifest("Implementation-Title: fol", " ded", "Implementation-Version: 1", "Implementation-Vendor-Id: com.shop",
                                         'Bundle-License: "Apache-2.0, or so";link="https://x.example", MIT', "Bundle-Vendor: Sh", " op")),
    "guava-31.1-jre.jar": lambda: jar(manifest(), CLASS),
    "log4j-1.2-api-2.17.1.jar": lambda: jar(manifest(), CLASS),
    "thing-1.0-beta-2.jar": lambda: jar(manifest()),
    "native-4.1.77.Final-linux-x86_64.jar": lambda: jar(manifest()),
    "catalina.jar": lambda: jar(manifest("Bundle-SymbolicName: org.apache.tomcat-catalina", "Implementation-Title: Apache Tomcat", "Implementation-Version: 9.0.70")),
    "nobody.jar": lambda: jar(manifest(), CLASS),
    "git.hpi": lambda: jar(manifest("Group-Id: org.jenkins-ci.plugins", "Short-Name: git", "Plugin-Version: 4.0", "Extension-Name: git")),
    "unfilled-7.jar": lambda: jar(member("META-INF/maven/com.shop/unfilled/pom.properties", "groupId=${g}\nartifactId=${project.artifactId}\nversion=${v}\n")),
    "notes.rar": lambda: b"Rar!\x1a\x07\x00",
    # odd, and read by java
    "script-1.0.jar": lambda: jar(properties("com.shop", "script", "1.0"), inside("BOOT-INF/lib/util-1.0.jar", plain()), before=SCRIPT),
    "comment-1.0.jar": lambda: jar(properties("com.shop", "comment", "1.0"), comment=b"PK\5\6" + bytes(40)),
    "behind-1.0.jar": lambda: jar(properties("com.shop", "behind", "1.0"), behind=b"\n" * 3),
    "descriptor-1.0.jar": lambda: jar({**properties("com.shop", "descriptor", "1.0"), "descriptor": True}),
    "zip64-1.0.jar": lambda: jar(properties("com.shop", "zip64", "1.0"), zip64=True),
    "zip64-script-1.0.jar": lambda: jar(properties("com.shop", "zip64-script", "1.0"), zip64=True, before=SCRIPT),
    "many-1.0.jar": lambda: jar(*(member("c/%d" % i, b"", STORED) for i in range(65600)), properties("com.shop", "many", "1.0")),
    "twice-1.0.jar": lambda: jar(properties("com.shop", "twice", "1.0"), properties("com.shop", "twice", "1.0"), member("META-INF/", b"", STORED)),
    "other-local-1.0.jar": lambda: jar({**properties("com.shop", "other-local", "1.0"), "local": b"x" * 70}),
    "empty-1.0.jar": jar,
    # hostile
    "cut-1.0.jar": lambda: plain()[:-30],
    "no-zip.jar": lambda: b"version https://example/spec/v1\n",
    "zero.jar": lambda: b"",
    "encrypted-1.0.jar": lambda: jar({**properties("com.shop", "encrypted", "1.0"), "flags": 1}, properties("com.shop", "seen", "1.0")),
    "method-1.0.jar": lambda: jar({**properties("com.shop", "method", "1.0"), "method": 12}, properties("com.shop", "seen", "1.0")),
    "crc-1.0.jar": lambda: jar({**properties("com.shop", "crc", "1.0"), "crc": 7}, properties("com.shop", "seen", "1.0")),
    "lying-1.0.jar": lambda: jar({**properties("com.shop", "lying", "1.0"), "size": 1 << 30}, {**inside("a.jar", plain()), "size": 5},
                                 {**inside("b.jar", plain(), method=DEFLATED), "size": 9999}, {**inside("past.jar", plain()), "at": 1 << 30},
                                 properties("com.shop", "seen", "1.0")),
    "directory-1.0.jar": lambda: (lambda data: data.replace(b"PK\1\2", b"PK\1\3"))(jar(properties("com.shop", "directory", "1.0"))),
    "half-directory-1.0.jar": lambda: (lambda data, at: data[:at] + b"PK\1\3" + data[at + 4:])(
        *(lambda data: (data, data.rfind(b"PK\1\2")))(jar(properties("com.shop", "half-directory", "1.0"), properties("com.shop", "unseen", "1.0")))),
    "broken-inner-1.0.jar": lambda: jar(properties("com.shop", "broken-inner", "1.0"), inside("lib/broken.jar", b"no zip"), inside("lib/empty.jar", b""),
                                        inside("lib/image.rar", b"no zip"), inside("lib/util-1.0.jar", plain())),
    "broken-pom-1.0.jar": lambda: jar(properties("com.shop", "broken-pom", "1.0"), member("META-INF/maven/com.shop/broken-pom/pom.xml", "<project>\n<a></b>")),
    "deep-1.0.jar": lambda: nested(9),
    "deep-stored-1.0.jar": lambda: nested(9, STORED),
    "sharing-1.0.jar": sharing,
    "bomb-1.0.jar": lambda: jar(properties("com.shop", "bomb", "1.0"), inside("big.jar", bytes(120 << 20), method=DEFLATED), inside("util-1.0.jar", plain())),
    "problems-1.0.jar": lambda: jar(*(inside("b%03d.jar" % i, b"x") for i in range(150)), properties("com.shop", "problems", "1.0")),
}


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or JARS:
        (target / name).write_bytes(JARS[name]())
