import { MurmurationError } from '../base/errors.ts'

/** The file of the device key holds none that can be read. */
export class DamagedKeyError extends MurmurationError {
  constructor(file: string, options?: ErrorOptions) {
    super(
      'KEY_DAMAGED',
      `${file} does not hold a device key: restore it from a backup, or choose another --data-dir`,
      options,
    )
  }
}

/** The file of the device key has a form that only later versions know. */
export class KeyTooNewError extends MurmurationError {
  constructor(file: string) {
    super('KEY_TOO_NEW', `${file} was written by a newer Murmuration: update this one`)
  }
}

export class WrongPassphraseError extends MurmurationError {
  constructor() {
    super('WRONG_PASSPHRASE', 'this is not the passphrase of the device key: check capitals and the keyboard layout')
  }
}

/** What was given as a passphrase can't be one: the message says why. */
export class BadPassphraseError extends MurmurationError {
  constructor(message: string) {
    super('BAD_PASSPHRASE', message)
  }
}

/** The system has no key store, or it does not answer now. */
export class KeyStoreUnavailableError extends MurmurationError {
  constructor(options?: ErrorOptions) {
    super(
      'KEY_STORE_UNAVAILABLE',
      "the device key of this machine rests in the system's key store, which does not answer: unlock it (on Linux the login keyring or wallet) and start Murmuration again",
      options,
    )
  }
}

/** The key store answers, and can't open what it sealed. */
export class KeyStoreLostError extends MurmurationError {
  constructor(options?: ErrorOptions) {
    super(
      'KEY_STORE_LOST',
      "the system's key store no longer knows the secret that opens the device key of this machine (a new system account, a copied folder or an emptied keyring does that). Restore the keyring from a backup, or start with another data folder: join with a new invite or your recovery phrase there, and remove this machine's old device",
      options,
    )
  }
}

/** Others than the owner may read or write the file of the device key. */
export class KeyExposedError extends MurmurationError {
  constructor(file: string) {
    super(
      'KEY_EXPOSED',
      `${file} holds the device key of this machine, and others on it may read or change that file: run chmod 600 on it`,
    )
  }
}

/** The key is under a passphrase, and nobody gave it. */
export class PassphraseNeededError extends MurmurationError {
  constructor(file: string) {
    super(
      'PASSPHRASE_NEEDED',
      `the device key in ${file} is under a passphrase: give it with --passphrase-file or in MURMURATION_PASSPHRASE; for the desktop app take it away first, with "murmuration key unprotect"`,
    )
  }
}

/** Only the desktop app reaches what the key is sealed with. */
export class KeyInKeyStoreError extends MurmurationError {
  constructor(file: string) {
    super(
      'KEY_IN_KEY_STORE',
      `the device key in ${file} is sealed by the system's key store, which only the desktop app asks: start the app, which then answers commands on this folder, or choose another --data-dir`,
    )
  }
}
