/** Starts the page: worker, session, console, offline use. */
import { mount } from 'svelte'
import App from './app/App.svelte'
import { createConsole } from './app/console.ts'
import { takeLaunchedFiles } from './app/launched-files.ts'
import { registerOffline } from './app/pwa.ts'
import { Router } from './app/router.svelte.ts'
import { Session } from './app/session.svelte.ts'
import { startAnalysis } from './app/start-analysis.ts'
import { Theme } from './app/theme.svelte.ts'
import { Workspace } from './app/workspace.svelte.ts'
import './styles/tokens.css'
import './styles/reset.css'
import './styles/print.css'

declare const __BUILD__: string

const session: Session = new Session(() =>
  startAnalysis((error) => {
    session.report(error)
  }),
)
const workspace = new Workspace(session, new Router())
Object.defineProperty(window, 'cryoscope', { value: createConsole(session) })

const target = document.getElementById('app')
if (!target) throw new Error('no #app in the page')
mount(App, { target, props: { workspace, theme: new Theme(), build: __BUILD__ } })
// Started before there is anything to open: the first answer comes sooner.
session.start()
registerOffline((switchOver) => {
  workspace.update = switchOver
})
takeLaunchedFiles((files) => void session.open(files))
addEventListener('error', ({ error, message }) => {
  session.report(error ?? message)
})
addEventListener('unhandledrejection', ({ reason }) => {
  session.report(reason)
})
