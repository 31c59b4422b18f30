import { TextInput } from '@mantine/core'

import { t } from '../strings/index.ts'
import classes from './first-run.module.css'

export interface Names {
  readonly personName: string
  readonly machineName: string
}

interface NameFieldsProps {
  readonly names: Names
  readonly onChange: (names: Names) => void
}

/** Who one is, and on what; both are filled in from the system. */
export function NameFields({ names, onChange }: NameFieldsProps) {
  return (
    <div className={classes['names']}>
      <TextInput
        label={t.firstRun.personLabel}
        value={names.personName}
        maxLength={200}
        size="md"
        autoComplete="name"
        onChange={(event) => onChange({ ...names, personName: event.currentTarget.value })}
      />
      <TextInput
        label={t.firstRun.machineLabel}
        value={names.machineName}
        maxLength={200}
        size="md"
        onChange={(event) => onChange({ ...names, machineName: event.currentTarget.value })}
      />
      <p className={classes['namesHint']}>{t.firstRun.machineHint}</p>
    </div>
  )
}

/** 'As Alice, on alice-desk.' on the later steps, with the way back to change it. */
export function NamesLine({ names, onChange }: { readonly names: Names; readonly onChange: () => void }) {
  return (
    <p className={classes['quiet']}>
      {t.firstRun.as(names.personName, names.machineName)}{' '}
      <button type="button" className={classes['textButton']} onClick={onChange}>
        {t.firstRun.change}
      </button>
    </p>
  )
}

/** As the calls take them: what is empty is left to the peer. */
export function givenNames({ personName, machineName }: Names): Partial<Names> {
  return {
    ...(personName === '' ? {} : { personName }),
    ...(machineName === '' ? {} : { machineName }),
  }
}
