#compdef docker-guard-proxy
# zsh completion for docker-guard-proxy: the program itself knows what fits.
_docker_guard_proxy() {
    # What stands before the cursor, whatever is behind it or before the command.
    local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
    local -a fitting
    fitting=(${(f)"$(docker-guard-proxy "[suggest:${#line}]" "$line" 2>/dev/null)"})
    compadd -a fitting || _files
}
_docker_guard_proxy "$@"
