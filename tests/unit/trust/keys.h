/* SPDX-License-Identifier: Apache-2.0 */
/* Throw-away keys made with the openssl command, and its signatures over "a message". */
#ifndef TESTS_TRUST_KEYS_H
#define TESTS_TRUST_KEYS_H

static const char p256_private[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQokDZh0ZsaqGDnZC\n"
	"5pvwu4jKLcxRiYmZsz+pEYIqKrahRANCAARqWhWt2N76tCMOQlxA0NiZQbCUCErt\n"
	"wKKA7u0VZnnFhbEhc2hn3rBzdfP+gmdLMoK+UcBXSI+I1I1Spl5fLQB2\n"
	"-----END PRIVATE KEY-----\n";

static const char p256_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaloVrdje+rQjDkJcQNDYmUGwlAhK\n"
	"7cCigO7tFWZ5xYWxIXNoZ96wc3Xz/oJnSzKCvlHAV0iPiNSNUqZeXy0Adg==\n"
	"-----END PUBLIC KEY-----\n";

static const char p256_signature[] =
	"MEQCIA9QTCp3JBHbreOJycQOfw+Vt1LOL4U/sMYv+0s/NF4pAiAW1O0Fymq8c2Fcq+RhMzIxwcqqJLgfhvYeYN3FklRL0A==";

static const char p384_private[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDB6KKpaeUWDDSQhzaXi\n"
	"lDtRRwR4SXpAyczWNOMdheLJFn+G0hb74P7lO4NL+zKnJFehZANiAARjVtr2Z2g1\n"
	"1+Bv16t2uqa5nep9FYvfs+CU3WBqKjYY/+yeoxhtsW1Pn4biO7RjUXFKpFfZo4ie\n"
	"nDqmQ+lTAwY6CZueo2uVJciRMGPUYatH8Cf9PM9+l8RR4x5wYWVZIEg=\n"
	"-----END PRIVATE KEY-----\n";

static const char p384_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEY1ba9mdoNdfgb9erdrqmuZ3qfRWL37Pg\n"
	"lN1gaio2GP/snqMYbbFtT5+G4ju0Y1FxSqRX2aOInpw6pkPpUwMGOgmbnqNrlSXI\n"
	"kTBj1GGrR/An/TzPfpfEUeMecGFlWSBI\n"
	"-----END PUBLIC KEY-----\n";

static const char p384_signature[] =
	"MGUCMAThwtc0ixpgHbUMYcAtNAG0bcPKHGTeckXRxtsYZgtOvjH8sJJWROGPincDoflVRwIxAO2QO6BUkz9znHpatZV8sidGMFqJ"
	"z+4L362E9pqAgV/Y8+olgIGxnpb7C7ve3pS9Yw==";

static const char ed25519_private[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIB1NHBkrUPQKRDSSqtHcKi9XclP4eRX59MrqtnpSZKvd\n"
	"-----END PRIVATE KEY-----\n";

static const char ed25519_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEAi84tWHQJFC3FFUQ7K4XAErpLBqVJASopIegAkuccn6s=\n"
	"-----END PUBLIC KEY-----\n";

static const char ed25519_signature[] =
	"S3S7JMrVmJRewZEzSLFWXA8AObg2U0nXgnYMfJ5bheGlspXktFA8fw2X1qGU0t4lxd2VpsIEs4Vg0g19HzWiBw==";

static const char rsa_private[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCTscp4ZTFcxEux\n"
	"oRrYzlskAcMbcZszgO8c2N4IdNQjsFkQelZjY3RL68cI6eaNRAbnm83ZWna+BlR6\n"
	"Qx7IVEDbnM5Zv7eid8xCwyWUphUGfiRodbMyk/ZAOxoCOYoZYVQ0ug6YxcMJu4I0\n"
	"xXD5Zh41ECDcwyxup32V6ppf3vyHhzoJKS5WvduMeoDIVvgg0BNxAbjH+TtSv06f\n"
	"lRrpiIyr6hMDrRoX+ZxJbXZqrwhoLSaDBOduDzY3b757rrhT/irJy9J6MwY1WQ6c\n"
	"XkasPGiRU8bNaSS23OxUPgtmZ+BQZy6M0jQj0oPnbxqCj1xVbfd5fggiNhgRfYWF\n"
	"y7IVjNjRAgMBAAECggEARxulUJvfzTsQ+n+HTnTjuo1Co3bp8z0TYn8jP00ISfqA\n"
	"lwdfilB60Ia++BKtFrx22pHP5OLCIrEngQnJy0eNRm7ThrBgOE+XP1l3QX9Ixix7\n"
	"WPO6CBLmz3vlBMcxLxEGGrCtkG4+ffQSN1gMEXdR+dg/CirJvKjVNRWTp67TRGhi\n"
	"g5mFZr3ue0PaiPBm6yrLXdkdK5CQfY1BR6zJtDlAsR7IPzkGX6/lQlyxWHgQuVpR\n"
	"NxBZtxqV9kWwJ6n4KutrR+5lfiRONNrE5TkMuJKIs110hGS42M096gdLU1S7FP9w\n"
	"b/odTUjf1JBeK3ESGr9lRM7II1Cxg/6cUQbBtNUXNQKBgQDHblhBc6etJ/tjs4CY\n"
	"oPsHgVr96l6ZcGVpkBb73dhvcisva+oTKSvX4YYy2bH3dLBxXu/ML60aKnXoaVFf\n"
	"y+BIwbcSXgRsh2ndtWdzlDlJ08++2XLgFdp6NgAWEpZEWusYTYD0UoUF/up+KemR\n"
	"Tn6+qKGd26YYnirpJrA2dcPMuwKBgQC9lprh5kOt0aihkuUPMF9f52d8gljwMXEm\n"
	"IUje0gbe526ayKJj8kg/HB37jRUrW0wBukvVKDLuFOnhxsN6UxuJW6zjYery0b8t\n"
	"qCzuz9/djOx5luyo8jDbOWM2PLQU2YvY+uz1RvPlNjfBWk0BIunNVj5ojgjCEUnM\n"
	"FsbB7fV94wKBgBmEC7SsGHr2D5rs/3oHtrZ6HWs5Tksxbzg3YElvU97Ga7IQi41S\n"
	"CjL/vszIv5Vaj6yhqeqk+u/LGPTYbLnl+tc0ObkW4FgGZ0wfhpHqF/5TJFRVu/Xh\n"
	"tedG+3HXhPRP8Z5VZDdeS3i96cCkmiamNV8tcighTzn9Gp5j/c2p+Zg7AoGAGNaE\n"
	"UBgkwb74AsMF82l49U2Rx0QkdsNjeYVe0KJfeBCF8w1aCRIS2QHMA8rF/TomyQsp\n"
	"KDHuCjb/NS8fKQV+VA6IpfmMGGfWThr8WAUv5QyzZnKZasDgGbh5AQAO77RYmAK3\n"
	"zKKRDXR+9XvpHr7+NoKYBoalKxesvWo2e+26/dUCgYAteqYq+aAfRqsK8lW6jdlU\n"
	"FOcaYQ0ZqIU+2nU+vQ3BZi8IfeUUL/MNbmmnd+HvA/FCi9m7rwS/MD6fHuweg2TA\n"
	"7eycglhzcSHSdaTJFEJ6BPfnjcCPtcKAHS5kmipYE+sIXTitGQwZ3HQdPf1v5MvN\n"
	"GNgiWK2prPGLtLXAsJEzuw==\n"
	"-----END PRIVATE KEY-----\n";

static const char rsa_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAk7HKeGUxXMRLsaEa2M5b\n"
	"JAHDG3GbM4DvHNjeCHTUI7BZEHpWY2N0S+vHCOnmjUQG55vN2Vp2vgZUekMeyFRA\n"
	"25zOWb+3onfMQsMllKYVBn4kaHWzMpP2QDsaAjmKGWFUNLoOmMXDCbuCNMVw+WYe\n"
	"NRAg3MMsbqd9leqaX978h4c6CSkuVr3bjHqAyFb4INATcQG4x/k7Ur9On5Ua6YiM\n"
	"q+oTA60aF/mcSW12aq8IaC0mgwTnbg82N2++e664U/4qycvSejMGNVkOnF5GrDxo\n"
	"kVPGzWkkttzsVD4LZmfgUGcujNI0I9KD528ago9cVW33eX4IIjYYEX2FhcuyFYzY\n"
	"0QIDAQAB\n"
	"-----END PUBLIC KEY-----\n";

static const char rsa_signature[] =
	"V9dUUS5raHUFRyNm/CCtoXp7HoQ6mSfHWTZeyHua6vBEzqR1wXzIe9j0KSb52c9w9jRordcRJV5wqPhN3X7zMEkGxtZVRqpaYKcF"
	"sTLhXZpCzghOg6CB5DYMVz7/tOV0snmzhMicjRrWW5bRE/ZYRBdNicwUdKZ4GVcn9tqPj+iqXFTQe5iVG5iN/hY3ND8V2NpSbEAG"
	"zURcJl1Bt3nQIH7+cfwCprwdMColI8Pgh0au+5PtirGeStZnv4IyXKNgLDS3bHMDq/Qnj6+wx6IPkHKy0nKW+2KzCl8C59GguNJQ"
	"X/DlsiauIwH/Eor39ZfQxoqE2wiy5W4GgGc3lLfLKw==";

/* -v2 with PBKDF2, and -scrypt; both locked with "open". */
static const char p256_pbkdf2[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiQvSHlrbH7GQICCAAw\n"
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBTY3r5Ei5HX6J5JaanJUZwEgZBt\n"
	"lfgm6kQZerEVb5wrijUqaDcs3309IbdkOypYLlu0uHx1pNrgTJ+UmHl2wvI2bVyb\n"
	"N9CwKV0CNqmdKNZJW4EIMkQ1IijKoRk/HEml+t8pMV4pHufay2RcpbXspT8t6bJQ\n"
	"M89mH9+rgvBEAofAbgDCPgxox6wDMrcasUHIaHsQk9WRGRqFVj684HybzL4Md/8=\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";

static const char p256_scrypt[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAjbtQ8h47PmuwICQAAC\n"
	"AQgCAQEwHQYJYIZIAWUDBAEqBBAm0g1Q/rgnJFFjLaua5YROBIGQoTgqFJ9RORwk\n"
	"w0qHaROKLsy0g08Bmh1VNWf9pi/p8yi9DkXknZQ1UsL1u/UbGSj1UkEeIlBlpx4+\n"
	"jqY0EQ10gezQGqBPMyA5YiHWY8fjzsUpW41bDpNqyZM0zVJRAWfVjpptAblfanJQ\n"
	"MMQcbXMfk234cqSTz+ibd+G+uVQ/lPDfTBN71Lh9mlwjahXZ4EnZ\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";

static const char small_rsa_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDL2hu805aNtXypuh4sr2C0JfAQ\n"
	"t+gUH3c0QboCqiixNNTIqiIchsIoDMkdsjoiu5/ile8r5nn10mkViH06H1WWD5Xv\n"
	"ETovuOMfC8iWUJ6/BT9M7ZIHVSIBqFQ0N6JXuF6SDqmYn2QvQsMYbPbKaMkgYIhT\n"
	"rMZaeIcaJOuln8QhjwIDAQAB\n"
	"-----END PUBLIC KEY-----\n";

static const char other_curve_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEPKM9CH0DYpn4H+D5heizuNJVfn3kiTE4\n"
	"16w/YcytL64yKIH8sfcWsp0sUPI82BrjpmUJVYqIt/YTB9Ip8Z33hQ==\n"
	"-----END PUBLIC KEY-----\n";

/* sha256sum of its DER */
#define P256_ID "sha256:67b9ae450ae6b6974723764c9b59829a367c5c079c8055421b33af61f9c70e47"

#endif
