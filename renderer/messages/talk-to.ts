import { navigate } from '../route/route.ts'
import type { PeerModel } from '../state/peer-model.ts'

/** Goes to the conversation with these people (ids), which begins where there is none. */
export async function talkTo(model: PeerModel, people: readonly string[]): Promise<void> {
  const { id } = await model.call('channel.direct', { people: [...people] })
  navigate({ page: 'messages', channel: id })
}
