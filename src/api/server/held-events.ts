import type { ApiEvents, EventName } from '../contract/index.ts'
import { portable } from '../wire/portable.ts'
import { MAX_HELD_BYTES, MAX_HELD_EVENTS } from './constants.ts'

export interface HeldEvent {
  readonly name: EventName
  readonly event: unknown
  readonly bytes: number
}

/**
 * Events that a slow client will get later. Those that only tell the present state keep their newest, those that are
 * stale at once are dropped, and the rest wait in order.
 */
export class HeldEvents {
  readonly #held = new Map<string, HeldEvent>()
  #bytes = 0
  #ordinal = 0

  get empty(): boolean {
    return this.#held.size === 0
  }

  get overflowing(): boolean {
    return this.#held.size > MAX_HELD_EVENTS || this.#bytes > MAX_HELD_BYTES
  }

  hold<Name extends EventName>(name: Name, event: ApiEvents[Name]): void {
    const key = KEYS[name](event)
    if (key === null) return
    if (key === '') {
      this.#ordinal++
      this.#set(`#${this.#ordinal}`, name, event)
      return
    }
    const before = this.#held.get(key)
    const next = before === undefined ? event : merged(name, before, event)
    this.#set(key, name, next)
  }

  /** The oldest, which is held no longer. */
  take(): HeldEvent | undefined {
    for (const [key, held] of this.#held) {
      this.#delete(key)
      return held
    }
    return undefined
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

/** Events of one key replace each other; null: not worth keeping; empty: each must arrive. */
const KEYS: { readonly [Name in EventName]: (event: ApiEvents[Name]) => string | null } = {
  'status:changed': () => 'status',
  'documents:changed': () => 'documents',
  'document:updated': () => '',
  'document:presence': () => null,
  'document:reset': () => '',
  'channels:changed': () => 'channels',
  'message:changed': ({ message }) => `message ${message.id}`,
  'message:deleted': ({ id }) => `message ${id}`,
  'message:typing': () => null,
  'join:progressed': () => 'join',
}

/** That a message is new must not get lost under a later change of it. */
function merged(name: EventName, before: HeldEvent, event: unknown): unknown {
  if (name !== 'message:changed' || before.name !== 'message:changed') return event
  const earlier = before.event as ApiEvents['message:changed']
  const later = event as ApiEvents['message:changed']
  return earlier.isNew && !later.isNew ? { ...later, isNew: true } : later
}
