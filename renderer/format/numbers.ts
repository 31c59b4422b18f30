import { language } from '../strings/language.ts'

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })

/** 12345 -> '12,345' */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** Powers of 1000, two or three digits: 3_100_000_000_000 -> '3.1 TB'. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${(unit > 0 && value < 99.95 ? tenth : whole).format(value)} ${UNITS[unit] ?? ''}`
}

/** 0.123 -> '12%' */
export function formatShare(part: number): string {
  return share.format(part)
}
