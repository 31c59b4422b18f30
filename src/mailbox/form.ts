import type { BoxForm } from '../identity/sealed-box.ts'
import { SIZE_CLASSES } from './constants.ts'

/** The form of the boxes in envelopes. */
export const FORM: BoxForm = { use: 'mailbox', classes: SIZE_CLASSES }
