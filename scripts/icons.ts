// Draws every icon that the packages need from electron/assets/icon.svg, with an installed Chromium. Run by hand after
// the SVG changed: node scripts/icons.ts
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'

const assets = join(dirname(dirname(fileURLToPath(import.meta.url))), 'electron', 'assets')
const svg = readFileSync(join(assets, 'icon.svg'), 'utf8')
// The tray has room for the birds alone: without the tile behind them, and larger.
const birds = svg.replace(/<rect [^>]*\/>/, '').replace('viewBox="0 0 64 64"', 'viewBox="5 4 54 54"')
const black = birds.replace(/fill="url\(#flock\)"/, 'fill="#000"')

const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
/** Types of the .icns container that hold a PNG, by pixels. */
const ICNS_TYPES: readonly (readonly [string, number])[] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
]

const browser = await chromium.launch({
  executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
})
const page = await browser.newPage()

async function draw(image: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${image}`)
  return await page.screenshot({ omitBackground: true })
}

const drawn = new Map<number, Buffer>()
for (const size of LINUX_SIZES) drawn.set(size, await draw(svg, size))

mkdirSync(join(assets, 'icons'), { recursive: true })
for (const [size, png] of drawn) writeFileSync(join(assets, 'icons', `${size}x${size}.png`), png)
writeFileSync(
  join(assets, 'icon.ico'),
  ico(ICO_SIZES.map((size) => [size, drawn.get(size) ?? Buffer.alloc(0)] as const)),
)
writeFileSync(
  join(assets, 'icon.icns'),
  icns(ICNS_TYPES.map(([type, size]) => [type, drawn.get(size) ?? Buffer.alloc(0)] as const)),
)
for (const [name, image, size] of [
  ['tray', birds, 22],
  ['trayTemplate', black, 18],
] as const) {
  writeFileSync(join(assets, `${name}.png`), await draw(image, size))
  writeFileSync(join(assets, `${name}@2x.png`), await draw(image, size * 2))
}
await browser.close()

/** A Windows icon: a directory of 16 bytes an image, then the images as PNG. */
function ico(images: readonly (readonly [size: number, png: Buffer])[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  images.forEach(([size, png], index) => {
    const at = 6 + 16 * index
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...images.map(([, png]) => png)])
}

/** A macOS icon: blocks of type, length and PNG. */
function icns(images: readonly (readonly [type: string, png: Buffer])[]): Buffer {
  const block = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(type, 0, 'ascii')
    head.writeUInt32BE(8 + body.length, 4)
    return Buffer.concat([head, body])
  }
  return block('icns', Buffer.concat(images.map(([type, png]) => block(type, png))))
}
