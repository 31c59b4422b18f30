import jsQR from 'jsqr'
import { describe, expect, test } from 'vitest'

import { qrCode } from '../../src/cli/text/qr-code.ts'
import { inviteOf } from '../api/fake-service.ts'
import { machineWithPeer } from './harness.ts'

const LINK = `murmuration://join/${'AbC-_9'.repeat(60)}`
/** Picture points of one block each way. */
const SCALE = 4
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[[\d;]*m/g
const BLOCKS: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
}

interface Terminal {
  readonly ink: number
  readonly paper: number
}

const DARK: Terminal = { ink: 230, paper: 20 }
const LIGHT: Terminal = { ink: 20, paper: 240 }

/** Reads the text as a camera sees it on a terminal of these colours, with some of the terminal around it. */
function read(text: string, { ink, paper }: Terminal): string | undefined {
  const coloured = text.includes('\u001b[38;5;16;48;5;231m')
  const [on, off] = coloured ? [0, 255] : [ink, paper]
  const rows = text.split('\n').flatMap((line) => {
    const cells = [...line.replaceAll(SGR, '')].map((block) => BLOCKS[block] ?? [false, false])
    return [0, 1].map((half) => [paper, ...cells.map((cell) => (cell[half] === true ? on : off)), paper])
  })
  const width = (rows[0]?.length ?? 0) * SCALE
  const height = rows.length * SCALE
  const points = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = rows[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] ?? 0
      points.fill(value, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return jsQR(points, width, height, { inversionAttempts: 'dontInvert' })?.data
}

describe('a QR code is read by another reader', () => {
  test.each([
    ['dark', DARK],
    ['light', LIGHT],
  ] as const)('in its own colours on a %s terminal', (_name, terminal) => {
    expect(read(qrCode(LINK, { colours: true }).text, terminal)).toBe(LINK)
  })

  test('in plain blocks on a dark terminal', () => {
    const { text } = qrCode(LINK, { colours: false })
    expect(text).not.toContain('\u001b')
    expect(read(text, DARK)).toBe(LINK)
  })

  test('not where a part of it is covered: the reader is no rubber stamp', () => {
    const lines = qrCode(LINK, { colours: false }).text.split('\n')
    const cut = lines.map((line, index) => (index > 12 && index < 24 ? '█'.repeat(line.length) : line)).join('\n')
    expect(read(cut, DARK)).toBeUndefined()
  })
})

describe('invite create --qr', () => {
  test.each([
    [{ tty: true }, true],
    [{ tty: true, env: { NO_COLOR: '1' } }, false],
    [{}, false],
  ] as const)('with %j shows the link as it is, too', async (options, coloured) => {
    const { machine, service } = machineWithPeer()
    service.handle('invite.create', () => inviteOf({ link: LINK }))
    const { stdout } = await machine.run(['invite', 'create', '--qr'], options)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.at(-1)).toBe(LINK)
    expect(stdout.includes('\u001b')).toBe(coloured)
    expect(read(lines.slice(0, -2).join('\n'), DARK)).toBe(LINK)
  })

  test('says so where the window is too narrow for it', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('invite.create', () => inviteOf({ link: LINK }))
    const { stdout } = await machine.run(['invite', 'create', '--qr'], { tty: true, columns: 60 })
    expect(stdout).toMatch(/^\(The QR code takes \d+ columns: make this window wider to see it\.\)\n\nmurmuration:/)
  })
})
