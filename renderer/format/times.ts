import { t } from '../strings/index.ts'
import { language } from '../strings/language.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
const moment = new Intl.DateTimeFormat(language, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
const dayThisYear = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
const dayOtherYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric' })
const shortThisYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const shortOtherYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' })

/** 'Monday, 23 November 2026 at 19:04:53' */
export function formatExact(at: number): string {
  return exact.format(at)
}

/** 'Tue, 24 Nov, 19:04': until when something holds. */
export function formatMoment(at: number): string {
  return moment.format(at)
}

/** '19:04' */
export function formatClock(at: number): string {
  return clock.format(at)
}

/** 'just now', '2 min ago', '3 h ago', 'yesterday', '5 days ago', then the date. What lies ahead (a clock is off) shows its date. */
export function formatAgo(at: number, now: number): string {
  const age = now - at
  if (age < -MINUTE) return formatShortDate(at, now)
  if (age < 45 * SECOND) return t.time.justNow
  if (age < HOUR) return t.time.minutesAgo(Math.max(1, Math.round(age / MINUTE)))
  if (age < DAY) return t.time.hoursAgo(Math.max(1, Math.round(age / HOUR)))
  const days = calendarDays(at, now)
  if (days <= 1) return t.time.yesterday
  if (days < 7) return t.time.daysAgo(days)
  return formatShortDate(at, now)
}

/** The heading above a day's messages. */
export function formatDay(at: number, now: number): string {
  const days = calendarDays(at, now)
  if (days === 0) return t.time.today
  if (days === 1) return t.time.yesterdayHeading
  return (sameYear(at, now) ? dayThisYear : dayOtherYear).format(at)
}

/** Equal for two moments of one calendar day. */
export function dayKey(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function formatShortDate(at: number, now: number): string {
  return (sameYear(at, now) ? shortThisYear : shortOtherYear).format(at)
}

function sameYear(at: number, now: number): boolean {
  return new Date(at).getFullYear() === new Date(now).getFullYear()
}

function calendarDays(at: number, now: number): number {
  return Math.round((dayKey(now) - dayKey(at)) / DAY)
}
