# Makes the project's virtual environments; read by deploy/serve and deploy/test with $root set.

# Names an interpreter of one of the given versions, also one of pyenv's that is not switched on.
find_python() {
    for version in "$@"; do
        for candidate in "python$version" "$(pyenv_folder)/$version".*/bin/python; do
            if works "$candidate" "$version"; then
                printf '%s\n' "$candidate"
                return 0
            fi
        done
    done
    return 1
}

pyenv_folder() {
    if command -v pyenv >/dev/null 2>&1; then
        printf '%s/versions' "$(pyenv root)"
    fi
}

# A pyenv shim exists without its interpreter, and Debian's python3 without venv: try both.
works() {
    "$1" -c "import ensurepip, sys; sys.exit('%d.%d' % sys.version_info[:2] != '$2')" \
        >/dev/null 2>&1
}

# environment FOLDER PYTHON [EXTRA]: installs the project, unless pyproject.toml is as it was.
environment() {
    wanted="$(cksum <"$root/pyproject.toml") ${3:-}"
    if [ -x "$1/bin/python" ] && [ -f "$1/installed" ]; then
        case "$(cat "$1/installed")" in
            "$wanted"*) return 0 ;;
        esac
    fi
    [ -x "$1/bin/python" ] || "$2" -m venv "$1"
    echo "installing into $1 ..." >&2
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check \
        --editable "$root${3:+[$3]}" >&2
    printf '%s\n' "$wanted" >"$1/installed"
}
