#!/bin/sh
# Chromium of root gives itself precedence over all else on the machine, and other specs miss their deadlines: without that right it is one process among others.
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
  exec setpriv --bounding-set=-sys_nice "$BROWSER" "$@"
fi
exec "$BROWSER" "$@"
