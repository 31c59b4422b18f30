/** What a device key can be sealed with, as the key file names it. */
export const VAULT_NAMES = ['passphrase', 'key-store'] as const
export type VaultName = (typeof VAULT_NAMES)[number]

/** Seals the seed of a device key for the disk, with something that is not on the disk. */
export interface KeyVault {
  readonly name: VaultName
  /**
   * @param seed 32 bytes
   * @returns one line of at most 2048 characters without spaces
   * @throws KeyStoreUnavailableError
   */
  seal(seed: Uint8Array): Promise<string>
  /**
   * @param sealed as `seal` returned it, perhaps in an earlier run
   * @throws WrongPassphraseError, KeyStoreUnavailableError, KeyStoreLostError
   */
  unseal(sealed: string): Promise<Uint8Array>
}
