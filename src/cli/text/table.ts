import stringWidth from 'string-width'

const GAP = '  '

/** Rows under a heading, each column as wide as its widest cell on a terminal; the last is not filled up. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))))
  return all.map((row) => line(row, widths)).join('\n')
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
    .join(GAP)
    .trimEnd()
}
