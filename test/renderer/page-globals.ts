import { onTestFinished } from 'vitest'

/** The little of a browser's page that the interface's state needs: events of the window, and its storage. */
export function withPage(): { readonly window: EventTarget; readonly storage: Map<string, string> } {
  const window = Object.assign(new EventTarget(), {
    location: { hash: '', protocol: 'http:', origin: 'http://127.0.0.1' },
  })
  const storage = new Map<string, string>()
  const localStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  }
  const before = { window: Reflect.get(globalThis, 'window'), localStorage: Reflect.get(globalThis, 'localStorage') }
  Object.defineProperty(globalThis, 'window', { value: window, configurable: true, writable: true })
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true, writable: true })
  onTestFinished(() => {
    Object.defineProperty(globalThis, 'window', { value: before.window, configurable: true, writable: true })
    Object.defineProperty(globalThis, 'localStorage', {
      value: before.localStorage,
      configurable: true,
      writable: true,
    })
  })
  return { window, storage }
}
