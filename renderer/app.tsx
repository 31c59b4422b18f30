import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'

import './theme/styles.ts'

import { Root } from './root.tsx'
import { ModelContext } from './state/model-context.ts'
import type { PeerModel } from './state/peer-model.ts'
import { theme, variables } from './theme/theme.ts'

/** The whole interface over one peer. */
export function App({ model }: { readonly model: PeerModel }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-center" limit={3} transitionDuration={150} />
      <ModelContext value={model}>
        <Root />
      </ModelContext>
    </MantineProvider>
  )
}
