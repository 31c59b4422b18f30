import type { Invocation } from './command.ts'

/** Width of a terminal that does not say. */
const USUAL_COLUMNS = 80

/** Lines that show a link, and above it its QR code where asked for. */
export async function linkLines(
  { printer, terminal }: Invocation,
  link: string,
  { qr }: { readonly qr: boolean },
): Promise<readonly string[]> {
  if (!qr || printer.json) return [link]
  const { qrCode } = await import('./text/qr-code.ts')
  const { text, width } = qrCode(link, { colours: printer.colours.isColorSupported })
  const { stdout } = terminal
  if (stdout.isTTY === true && width > (stdout.columns ?? USUAL_COLUMNS)) {
    return [`(The QR code takes ${width} columns: make this window wider to see it.)`, '', link]
  }
  return [text, '', link]
}
