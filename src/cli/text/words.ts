const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const grouped = new Intl.NumberFormat('en')

export function number(value: number): string {
  return grouped.format(value)
}

/** "1 change", "1,200 changes". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

/** Decimal units, as disks are sold: "4.5 MB". */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? number(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ''}`
}

/** "just now", "5 min ago", "3 h ago", "4 days ago". */
export function ago(then: number, now: number): string {
  const passed = Math.max(0, now - then)
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  return `${counted(Math.floor(passed / DAY), 'day')} ago`
}

/** "in a moment", "in 5 min", "in 3 h", "in 4 days"; "now" once it has come. */
export function ahead(then: number, now: number): string {
  const left = then - now
  if (left <= 0) return 'now'
  if (left < MINUTE) return 'in a moment'
  if (left < HOUR) return `in ${Math.round(left / MINUTE)} min`
  if (left < 2 * DAY) return `in ${Math.round(left / HOUR)} h`
  return `in ${counted(Math.round(left / DAY), 'day')}`
}

/** How long something has lasted: "less than a minute", "5 min", "3 h", "4 days". */
export function lasting(since: number, now: number): string {
  const passed = now - since
  return passed < MINUTE ? 'less than a minute' : ago(since, now).replace(/ ago$/, '')
}

/** The day here, as 2025-03-04. */
export function day(time: number): string {
  const date = new Date(time)
  return [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
}

/** The time of day here, as 14:03. */
export function timeOfDay(time: number): string {
  const date = new Date(time)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** "alice", "alice and bob", "alice, bob and carol". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
