#!/bin/sh
# Chromium on one address, for a wall that nobody touches:
#
#   kiosk.sh 'http://localhost:8787/?playlist=wall&reload=04:00'
#
# KIOSK_URL      the address, where none is given
# KIOSK_FLAGS    more flags, such as --ozone-platform=wayland or --force-device-scale-factor=1
# KIOSK_PROFILE  where the browser keeps what it has: the page, and the last data
# KIOSK_BROWSER  its program
set -eu

url=${1:-${KIOSK_URL:-http://localhost:8787/?kiosk}}
profile=${KIOSK_PROFILE:-${XDG_STATE_HOME:-$HOME/.local/state}/highwater-kiosk}
browser=${KIOSK_BROWSER:-}
for found in chromium chromium-browser google-chrome; do
  [ -n "$browser" ] || browser=$(command -v "$found" || true)
done
[ -n "$browser" ] || { echo 'kiosk: no chromium here; install it, or name it by KIOSK_BROWSER' >&2; exit 1; }
mkdir -p "$profile"

# A browser that finds nobody at its first address shows an error until somebody comes. Later the page helps itself.
origin=$(printf %s "$url" | sed -E 's,^([a-z]+://[^/?#]+).*,\1,')
until curl --silent --fail --max-time 3 --output /dev/null "$origin/"; do
  echo "kiosk: waiting for $origin" >&2
  sleep 2
done

if [ -n "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] && command -v xset >/dev/null; then
  # X would darken the screen by itself: the page's wake lock is for where it may not.
  xset s off s noblank -dpms || true
fi

# After a power cut the browser would offer to restore what was open.
preferences=$profile/Default/Preferences
if [ -f "$preferences" ]; then
  sed -i 's/"exited_cleanly":false/"exited_cleanly":true/; s/"exit_type":"[^"]*"/"exit_type":"Normal"/' "$preferences"
fi

# shellcheck disable=SC2086 # flags are words
exec "$browser" \
  --kiosk \
  --user-data-dir="$profile" \
  --no-first-run \
  --no-default-browser-check \
  --noerrdialogs \
  --disable-infobars \
  --disable-session-crashed-bubble \
  --hide-crash-restore-bubble \
  --disable-features=Translate,GlobalMediaControls \
  --disable-component-update \
  --disable-background-timer-throttling \
  --disable-renderer-backgrounding \
  --disable-backgrounding-occluded-windows \
  --disable-pinch \
  --overscroll-history-navigation=0 \
  --password-store=basic \
  --autoplay-policy=no-user-gesture-required \
  ${KIOSK_FLAGS:-} \
  "$url"
