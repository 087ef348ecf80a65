def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


listed = {}
if (STUDY / "SHA256SUMS").exists():
    for line in (STUDY / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha256, name = line.split("  ", 1)
        listed[name] = sha256.lower()
    same("files of the study", {name: digest(STUDY / name) if (STUDY / name).is_file() else None for name in listed}, listed)
else:
    print("the study has no SHA256SUMS: its files may be any")
