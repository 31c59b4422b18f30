/**
 * What libraries take from Node 19 and later, for the Node 18 inside older Electrons. Imported first in each program that runs
 * on Node; where the platform has a thing, it stays. Without `crypto` peers sync for seconds and then drop each other.
 */
import { webcrypto } from 'node:crypto'
import diagnostics from 'node:diagnostics_channel'

interface Resolvers {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason?: unknown) => void
}

function withResolvers(this: PromiseConstructor): Resolvers {
  let resolve: (value: unknown) => void = () => undefined
  let reject: (reason?: unknown) => void = () => undefined
  const promise = new this<unknown>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}

class EventWithDetail extends Event {
  readonly detail: unknown

  constructor(type: string, init: CustomEventInit = {}) {
    super(type, init)
    this.detail = init.detail ?? null
  }
}

/** Nobody ever listens on it. The logging library asks for one and looks at `hasSubscribers` before it uses it. */
function tracingChannel(): { readonly hasSubscribers: false } {
  return { hasSubscribers: false }
}

function fill(target: object, name: string, value: unknown): void {
  if (name in target) return
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

fill(globalThis, 'crypto', webcrypto)
fill(globalThis, 'CustomEvent', EventWithDetail)
fill(Promise, 'withResolvers', withResolvers)
fill(diagnostics, 'tracingChannel', tracingChannel)
