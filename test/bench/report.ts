import { loadavg } from 'node:os'

/** One line of the result: what was measured, beside what, and what was aimed at. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly value: number
  /** What stands beside it, measured in the same run. */
  readonly peer?: { readonly name: string; readonly value: number } | undefined
  /** What is aimed at, of the value or of its ratio to the peer's. */
  readonly aim?: { readonly of: 'value' | 'ratio'; readonly at: 'most' | 'least'; readonly limit: number } | undefined
  readonly note?: string | undefined
}

export interface Section {
  readonly key: string
  readonly title: string
  readonly figures: readonly Figure[]
  /** Load of the machine when it began: above the number of cores, others were at work. */
  readonly load: number
  readonly seconds: number
}

export async function section(key: string, title: string, measure: () => Promise<readonly Figure[]>): Promise<Section> {
  const load = loadavg()[0] ?? 0
  const startedAt = performance.now()
  const figures = await measure()
  return { key, title, figures, load, seconds: (performance.now() - startedAt) / 1000 }
}

export function ratioOf({ peer, value }: Figure): number | undefined {
  return peer === undefined ? undefined : value / peer.value
}

/** undefined: nothing is aimed at. */
export function isReached(figure: Figure): boolean | undefined {
  const { aim } = figure
  if (aim === undefined) return undefined
  const measured = aim.of === 'value' ? figure.value : (ratioOf(figure) ?? Number.NaN)
  return aim.at === 'most' ? measured <= aim.limit : measured >= aim.limit
}

export function tableOf(sections: readonly Section[]): string {
  const lines: string[] = []
  for (const { figures, key, load, seconds, title } of sections) {
    lines.push('', `(${key}) ${title}   [load ${load.toFixed(1)}, ${seconds.toFixed(0)} s]`)
    const rows = [['', 'murmuration', 'beside', '', 'ratio', 'aim', ''], ...figures.map(rowOf)]
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
    for (const row of rows) {
      const cells = row.map((cell, column) =>
        [0, 3, 6].includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      lines.push(`  ${cells.join('  ').trimEnd()}`)
    }
    for (const { name, note } of figures) if (note !== undefined) lines.push(`  ${name}: ${note}`)
  }
  return lines.slice(1).join('\n')
}

function rowOf(figure: Figure): string[] {
  const { aim, name, peer, unit, value } = figure
  const ratio = ratioOf(figure)
  const reached = isReached(figure)
  const sign = aim?.at === 'most' ? '≤' : '≥'
  return [
    name,
    `${shown(value)} ${unit}`,
    peer === undefined ? '' : `${shown(peer.value)} ${unit}`,
    peer?.name ?? '',
    ratio === undefined ? '' : ratio.toFixed(2),
    aim === undefined ? '' : `${sign} ${aim.limit}${aim.of === 'ratio' ? ' ×' : ''}`,
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
  ]
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
