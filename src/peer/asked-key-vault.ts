import { fromBase64url, toBase64url } from '../base/bytes.ts'
import { KeyStoreLostError, KeyStoreUnavailableError } from '../identity/key-errors.ts'
import type { KeyVault } from '../identity/key-vault.ts'

/** Both ways a text in base64url: the seed to be sealed, or what was sealed before. */
export interface KeyStoreRequest {
  readonly work: 'seal' | 'unseal'
  readonly text: string
}

export type KeyStoreAnswer =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'unavailable' }
  /** It answers, and cannot open this. */
  | { readonly kind: 'lost' }

/** The system's key store, where another process has to ask it. */
export function askedKeyVault(ask: (request: KeyStoreRequest) => Promise<KeyStoreAnswer>): KeyVault {
  const answered = async (request: KeyStoreRequest): Promise<string> => {
    const answer = await ask(request)
    switch (answer.kind) {
      case 'done':
        return answer.text
      case 'unavailable':
        throw new KeyStoreUnavailableError()
      case 'lost':
        throw new KeyStoreLostError()
    }
  }
  return {
    name: 'key-store',
    seal: async (seed) => await answered({ work: 'seal', text: toBase64url(seed) }),
    async unseal(sealed) {
      const text = await answered({ work: 'unseal', text: sealed })
      try {
        return fromBase64url(text)
      } catch (cause) {
        throw new KeyStoreLostError({ cause })
      }
    },
  }
}
