import { app } from './app.ts'
import { connections } from './connections.ts'
import { documents } from './documents.ts'
import { firstRun } from './first-run.ts'
import { health } from './health.ts'
import { home } from './home.ts'
import { invite } from './invites.ts'
import { machines } from './machines.ts'
import { messages } from './messages.ts'
import { people } from './people.ts'
import { recovery } from './recovery.ts'
import { roles } from './roles.ts'
import { settings } from './settings.ts'
import { standing } from './standing.ts'

/** English. */
export const en = {
  ...app,
  connections,
  documents,
  firstRun,
  health,
  home,
  invite,
  machines,
  messages,
  people,
  recovery,
  roles,
  settings,
  standing,
}
