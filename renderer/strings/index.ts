import { en } from './en/index.ts'

type Translatable<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Translatable<T[Key]> }

/** Every sentence that the interface says. A translation is another object of this type. */
export type Catalogue = Translatable<typeof en>

export const t: Catalogue = en
