import { encodeQR } from 'qr'

/** Modules of light all around, which readers need to find the code (ISO/IEC 18004: four). */
const QUIET_ZONE = 4
/** Black on white from the fixed part of the 256 colours, which no theme changes. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m'
const PLAIN_AGAIN = '\u001b[0m'

interface QrOptions {
  /** Sets both colours, so that it is read on dark and light terminals alike. Else light is drawn, for a dark one. */
  readonly colours: boolean
}

export interface QrText {
  readonly text: string
  /** Columns that it takes. */
  readonly width: number
}

/** A QR code in half blocks, two rows of it a line. */
export function qrCode(content: string, { colours }: QrOptions): QrText {
  const dark = encodeQR(content, 'raw', { ecc: 'low', border: QUIET_ZONE })
  const width = dark[0]?.length ?? 0
  const isInk = (row: number, column: number): boolean => (dark[row]?.[column] ?? false) === colours
  const lines: string[] = []
  for (let row = 0; row < dark.length; row += 2) {
    let line = ''
    for (let column = 0; column < width; column++) line += block(isInk(row, column), isInk(row + 1, column))
    lines.push(colours ? `${BLACK_ON_WHITE}${line}${PLAIN_AGAIN}` : line)
  }
  return { text: lines.join('\n'), width }
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
