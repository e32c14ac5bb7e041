# Reads the id of the process to watch, line by line; an empty line means none. The pipe ends when the process that writes to it ends, in
# any way: then this script ends the watched process and removes the folder $1.
trap '' HUP INT TERM
server=
while read -r line; do server=$line; done

if [ -n "$server" ]; then
    # PostgreSQL's immediate shutdown: it kills its children, frees its shared memory and removes its pid file.
    kill -QUIT "$server"
    tries=0
    while [ -e "$1/data/postmaster.pid" ] && kill -0 "$server" && [ "$tries" -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -KILL "$server"
fi

# A killed server leaves its pid file, whose seventh line ends with the id of a System V shared memory segment, which must be freed here.
if [ -e "$1/data/postmaster.pid" ]; then
    ipcrm -m "$(sed -n '7s/.* //p' "$1/data/postmaster.pid")"
fi

# Processes that are still ending may add a file.
tries=0
until rm -rf "$1" || [ "$tries" -ge 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
