import { decodeQR } from 'qr/decode.js'

/** Photographs are far larger than a code needs. */
const MAX_SIDE = 1600
/** What a person waits for a picture. */
const TIME_LIMIT_MS = 3000

/**
 * The text of the code in a picture; null where there is none that can be read.
 * @throws DOMException where the file is no picture
 */
export async function readQr(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) return null
  // Transparent pictures of codes are meant to stand on white.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  try {
    return decodeQR(context.getImageData(0, 0, width, height), { effort: Infinity, timeLimit: TIME_LIMIT_MS })
  } catch {
    return null
  }
}
