/** Ids of the length and shape of real ones, in a fixed order. */
export function demoId(number: number): string {
  const sign = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const tail = Array.from({ length: 45 }, (_, at) => sign[(number * 31 + at * at * 7 + at * number * 13) % sign.length])
  return `12D3Koo${tail.join('')}`
}
