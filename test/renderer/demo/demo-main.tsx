import { createRoot } from 'react-dom/client'

import { App } from '../../../renderer/app.tsx'
import { PeerModel } from '../../../renderer/state/peer-model.ts'
import { DemoClient } from '../demo-client.ts'
import { DemoLink } from '../demo-link.ts'
import { demoWorld } from '../demo-world.ts'
import type { SceneName } from '../demo-world.ts'
import { fillDocuments } from './demo-documents.ts'

declare global {
  interface Window {
    /** For the scripts that drive the page. */
    demo: { readonly client: DemoClient; readonly link: DemoLink; readonly model: PeerModel }
  }
}

const scene = (new URLSearchParams(window.location.search).get('scene') ?? 'busy') as SceneName
const world = demoWorld(scene)
fillDocuments(world)
const client = new DemoClient(world)
const link = new DemoLink(client)
const model = new PeerModel(link)
window.demo = { client, link, model }

const root = document.getElementById('root')
if (root !== null) createRoot(root).render(<App model={model} />)
