import type { DeviceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Journal } from '../journal/index.ts'
import type { Notices } from './notices.ts'

/** Tells the person what happened to the journals of a swarm. */
export function noticeJournal(
  journal: Journal,
  notices: Notices,
  nameOf: (device: DeviceId) => string,
): Disposable & {
  /** Others hold entries of a format that this version can't read. */
  readonly isUnreadable: boolean
} {
  const disposables = new DisposableStore()
  let isUnreadable = false
  disposables.add(
    journal.events.on('incarnation:changed', ({ reason }) => {
      notices.add({
        code: 'incarnation',
        level: 'info',
        text: `This machine goes on under a new mark, since ${reason}. Nothing is lost.`,
      })
    }),
  )
  disposables.add(
    journal.events.on('journal:forked', ({ journal: { device } }) => {
      notices.add({
        code: 'fork',
        level: 'warning',
        text: `${nameOf(device)} wrote two versions of its history, as a copied or restored data folder does. Both are kept.`,
      })
    }),
  )
  disposables.add(
    journal.events.on('version:newer', () => {
      if (isUnreadable) return
      isUnreadable = true
      notices.add({
        code: 'version',
        level: 'warning',
        text: 'Another machine runs a newer Murmuration, and some of what it wrote cannot be read here: update this one.',
      })
    }),
  )
  return {
    get isUnreadable() {
      return isUnreadable
    },
    dispose: () => disposables.dispose(),
  }
}
