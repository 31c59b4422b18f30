import type { ApiEvents, EventName } from '../contract/index.ts'
import { portable } from '../wire/portable.ts'
import { MAX_HELD_BYTES, MAX_HELD_EVENTS, MAX_HELD_SESSIONS } from './constants.ts'

export interface HeldEvent {
  readonly name: EventName
  readonly event: unknown
  readonly bytes: number
}

/**
 * Events that a slow client will get later. Those that only tell the present state keep their newest, those that are
 * stale at once are dropped, and the rest wait in order. Where too much waits, it is given up for a word that the client
 * must read anew what it shows.
 */
export class HeldEvents {
  readonly #held = new Map<string, HeldEvent>()
  /** Sessions that were told to open anew: what comes for them still is of no use. */
  readonly #reset = new Set<string>()
  #bytes = 0
  #ordinal = 0

  get empty(): boolean {
    return this.#held.size === 0
  }

  /** More than what a client can ask for; only a flood of sessions does that. */
  get overflowing(): boolean {
    return this.#reset.size > MAX_HELD_SESSIONS
  }

  hold<Name extends EventName>(name: Name, event: ApiEvents[Name]): void {
    const key = this.#keyOf(name, event)
    if (key === null) return
    const before = this.#held.get(key)
    this.#set(key, name, before === undefined ? event : merged(name, before, event))
    if (this.#held.size > MAX_HELD_EVENTS || this.#bytes > MAX_HELD_BYTES) this.#giveUp()
  }

  /** Whether an event says nothing to its client any more. */
  isStale<Name extends EventName>(name: Name, event: ApiEvents[Name]): boolean {
    return this.#reset.size > 0 && name.startsWith('document:') && this.#reset.has((event as SessionEvent).session)
  }

  /** The oldest, which is held no longer. */
  take(): HeldEvent | undefined {
    for (const [key, held] of this.#held) {
      this.#delete(key)
      return held
    }
    return undefined
  }

  /** Events of one key replace each other; null: not worth keeping. */
  #keyOf<Name extends EventName>(name: Name, event: ApiEvents[Name]): string | null {
    const key = KEYS[name](event)
    if (key === null || this.isStale(name, event)) return null
    if (key.startsWith(MESSAGE) && this.#held.has('messages:reset')) return null
    if (key !== EACH) return key
    this.#ordinal++
    return `${EACH}${this.#ordinal}`
  }

  #giveUp(): void {
    const sessions = new Set<string>()
    let messages = false
    for (const [key, { event }] of this.#held) {
      if (key.startsWith(EACH)) sessions.add((event as SessionEvent).session)
      else if (key.startsWith(MESSAGE)) messages = true
      else continue
      this.#delete(key)
    }
    if (messages) this.#set('messages:reset', 'messages:reset', {})
    for (const session of sessions) {
      this.#reset.add(session)
      this.#set(`reset ${session}`, 'document:reset', { session, reason: 'The editor did not keep up.' })
    }
  }

  #set(key: string, name: EventName, event: unknown): void {
    this.#delete(key)
    const { bytes } = portable(event)
    this.#held.set(key, { name, event, bytes })
    this.#bytes += bytes
  }

  #delete(key: string): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    this.#held.delete(key)
    this.#bytes -= held.bytes
  }
}

interface SessionEvent {
  readonly session: string
}

const MESSAGE = 'message '
const EACH = '#'

const KEYS: { readonly [Name in EventName]: (event: ApiEvents[Name]) => string | null } = {
  'status:changed': () => 'status:changed',
  'documents:changed': () => 'documents:changed',
  'document:updated': () => EACH,
  'document:presence': () => null,
  'document:reset': () => EACH,
  'channels:changed': () => 'channels:changed',
  'message:changed': ({ message }) => `${MESSAGE}${message.id}`,
  'message:deleted': ({ id }) => `${MESSAGE}${id}`,
  'messages:reset': () => 'messages:reset',
  'message:typing': () => null,
  'members:changed': () => 'members:changed',
  'join:progressed': () => 'join:progressed',
}

/** That a message is new must not get lost under a later change of it. */
function merged(name: EventName, before: HeldEvent, event: unknown): unknown {
  if (name !== 'message:changed' || before.name !== 'message:changed') return event
  const earlier = before.event as ApiEvents['message:changed']
  const later = event as ApiEvents['message:changed']
  return earlier.isNew && !later.isNew ? { ...later, isNew: true } : later
}
