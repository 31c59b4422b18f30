/** Structured clone copies the whole memory behind a view: a short one into a long buffer is copied out first. */
const VIEW_SLACK_BYTES = 1024
/** What an object, a number or a field costs, about. */
const VALUE_BYTES = 8

export interface Portable<T> {
  readonly value: T
  /** About what it weighs on its way. */
  readonly bytes: number
}

/** A value ready for `postMessage`, and its weight. Plain data only: objects, arrays, texts, numbers, Uint8Array. */
export function portable<T>(value: T): Portable<T> {
  const walked = walk(value)
  return { value: walked.value as T, bytes: walked.bytes }
}

function walk(value: unknown): Portable<unknown> {
  if (typeof value === 'string') return { value, bytes: value.length + VALUE_BYTES }
  if (typeof value !== 'object' || value === null) return { value, bytes: VALUE_BYTES }
  if (value instanceof Uint8Array) {
    const fits = value.buffer.byteLength <= value.byteLength + VIEW_SLACK_BYTES
    return { value: fits ? value : new Uint8Array(value), bytes: value.byteLength + VALUE_BYTES }
  }
  return Array.isArray(value) ? walkList(value) : walkFields(value)
}

function walkList(list: readonly unknown[]): Portable<unknown> {
  let bytes = VALUE_BYTES
  let copy: unknown[] | null = null
  for (const [index, item] of list.entries()) {
    const walked = walk(item)
    bytes += walked.bytes
    if (walked.value !== item) (copy ??= [...list])[index] = walked.value
  }
  return { value: copy ?? list, bytes }
}

function walkFields(fields: object): Portable<unknown> {
  let bytes = VALUE_BYTES
  let copy: Record<string, unknown> | null = null
  for (const [name, field] of Object.entries(fields)) {
    const walked = walk(field)
    bytes += name.length + walked.bytes
    if (walked.value !== field) (copy ??= { ...fields })[name] = walked.value
  }
  return { value: copy ?? fields, bytes }
}
