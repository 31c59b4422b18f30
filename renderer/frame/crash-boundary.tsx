import { Button } from '@mantine/core'
import { Component } from 'react'

import { FlockScene } from '../brand/scenes.tsx'
import { messageOfError } from '../connection/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { t } from '../strings/index.ts'

interface State {
  readonly failure: string | null
}

/** A page that breaks takes neither the frame nor the peer with it. */
export class CrashBoundary extends Component<{ readonly children: React.ReactNode }, State> {
  override state: State = { failure: null }

  static getDerivedStateFromError(error: unknown): State {
    return { failure: messageOfError(error) }
  }

  override render(): React.ReactNode {
    if (this.state.failure === null) return this.props.children
    return (
      <EmptyState
        picture={<FlockScene />}
        title={t.crash.title}
        text={t.crash.text(this.state.failure)}
        action={<Button onClick={() => this.setState({ failure: null })}>{t.crash.again}</Button>}
      />
    )
  }
}
