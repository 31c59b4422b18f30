import type { ChannelSummary, DocumentSummary } from '../../src/api/contract/index.ts'
import type { Route } from '../route/route.ts'
import { channelLabel } from '../messages/channel-label.ts'
import { t } from '../strings/index.ts'

export interface Activity {
  readonly key: string
  readonly at: number
  readonly kind: ChannelSummary['kind'] | 'rich' | 'text'
  readonly text: string
  readonly route: Route
  readonly unread: number
}

const MAX_SHOWN = 8
/** A document that was changed this soon after it was made was made, not changed. */
const JUST_MADE_MS = 60_000

/** What happened last, newest first: in channels and in documents. */
export function activityOf(
  channels: readonly ChannelSummary[],
  documents: readonly DocumentSummary[],
  nameOf: (id: string) => string,
): readonly Activity[] {
  const inChannels = channels.flatMap((channel): Activity[] =>
    channel.lastAt === null
      ? []
      : [
          {
            key: channel.id,
            at: channel.lastAt,
            kind: channel.kind,
            text: channel.kind === 'direct' ? t.home.fromPerson(channel.name) : t.home.inChannel(channelLabel(channel)),
            route: { page: 'messages', channel: channel.id },
            unread: channel.unread,
          },
        ],
  )
  const inDocuments = documents.map((document): Activity => {
    const made = document.changedAt - document.createdAt < JUST_MADE_MS
    return {
      key: document.id,
      at: document.changedAt,
      kind: document.kind,
      text: made
        ? t.home.madeDocument(nameOf(document.createdBy), document.title)
        : t.home.wroteDocument(nameOf(document.changedBy), document.title),
      route: { page: 'documents', document: document.id },
      unread: 0,
    }
  })
  return [...inChannels, ...inDocuments].sort((a, b) => b.at - a.at).slice(0, MAX_SHOWN)
}
