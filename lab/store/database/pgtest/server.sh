# PostgreSQL for tests: server BIN FOLDER PORT. It obeys "start" and "stop" on standard input, whose end is its end.
# Nothing in it outlives the tests, so nothing waits for the disk.
bin=$1 folder=$2 port=$3
trap '' INT

control() {
	"$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" "$@" >>"$folder/control" 2>&1 &&
		echo done || echo "see $folder"
}

"$bin/initdb" -D "$folder/data" -A trust -U lab --no-sync --no-instructions --locale=C -E UTF8 >"$folder/control" 2>&1
while read -r order; do
	case $order in
	start) control -o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories=$folder -c fsync=off" start ;;
	stop) control -m immediate stop ;;
	esac
done
control -m immediate stop >/dev/null
cd / && rm -rf "$folder"
