/** Commands that make a checkpoint, and what speaks against it before one tries. */
import { isCriuOff, kubeletSupport, restoreSupport } from './engines.ts'
import { createByKubelet } from './create-kubelet.ts'
import { createByTool } from './create-tools.ts'
import { KUBELET_WAYS, type CommandInput } from './input.ts'
import { PODMAN_SOURCE, podmanRefusals } from './podman-versions.ts'
import { bareVersion, engineNamed } from './names.ts'
import { run, step, type Advice, type Refusal, type Step } from './step.ts'
import type { Yaml } from './yaml.ts'

const EXAMPLE_FILE = 'counters.yaml'

export function createSteps(input: CommandInput, isExample: boolean): Step[] {
  const isKubelet = KUBELET_WAYS.includes(input.way)
  const steps = isKubelet ? createByKubelet(input) : createByTool(input)
  const isPod = isKubelet || input.way === 'crictl' || input.way === 'ctr' || input.way === 'operator'
  return isPod ? [exampleStep(isExample), ...steps] : steps
}

/** Options that the tool at hand does not have. */
export function createRefusals(input: CommandInput): Refusal[] {
  if (input.way !== 'podman') return []
  const named = engineNamed(input.engineVersion)
  if (named !== undefined) return [{ field: 'engineVersion', reason: `That is a version of ${named}, not of Podman.` }]
  return podmanRefusals('create', input)
}

/** The pod that the examples speak of: it counts, once a second. */
function examplePod(): Yaml {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'counters', namespace: 'default' },
    spec: {
      containers: [
        {
          name: 'counter',
          image: 'docker.io/library/busybox:latest',
          command: ['sh', '-c', 'i=0; while true; do echo $i; i=$((i+1)); sleep 1; done'],
        },
      ],
      restartPolicy: 'Never',
    },
  }
}

function exampleStep(isExample: boolean): Step {
  return step({
    id: 'example',
    title: 'Something to try it with',
    why: 'A pod whose one container counts. After a restore it goes on from where it was, which shows that it is no new start.',
    isAside: !isExample,
    isFolded: true,
    files: [{ name: EXAMPLE_FILE, content: [examplePod()] }],
    lines: [
      run('kubectl', 'apply', '--filename', EXAMPLE_FILE),
      run('kubectl', 'wait', '--for=condition=Ready', 'pod/counters', '--namespace', 'default', '--timeout=120s'),
    ],
  })
}

/** What is known of the engine and the kubelet for making checkpoints. */
export function createAdvice(input: CommandInput): Advice[] {
  const advice: Advice[] = []
  if (KUBELET_WAYS.includes(input.way)) {
    const { state, summary, remedy, source } = kubeletSupport(bareVersion(input.kubernetes))
    const tone = state === 'works' ? 'good' : state === 'unknown' ? 'info' : state === 'off' ? 'warn' : 'bad'
    advice.push({ id: 'kubelet', tone, text: summary, remedy, source, needs: [], setting: undefined })
  }
  const isCri = KUBELET_WAYS.includes(input.way) || input.way === 'crictl'
  if (isCri && input.engineVersion.trim() !== '') advice.push(engineAdvice(input.engineVersion))
  if (input.way === 'podman' && input.engineVersion.trim() !== '') advice.push(podmanAdvice(input.engineVersion))
  return advice
}

/** What its version does not have is refused at its field. */
function podmanAdvice(typed: string): Advice {
  return {
    id: 'engine',
    tone: 'good',
    text: `Podman ${bareVersion(typed)} makes checkpoints, as root and with CRIU on the machine, and has every option below.`,
    needs: [],
    remedy: undefined,
    setting: undefined,
    source: PODMAN_SOURCE,
  }
}

/** Each way is of any engine: only what stands before the version says of which. */
function engineAdvice(typed: string): Advice {
  const version = bareVersion(typed)
  const engine = engineNamed(typed)
  const none = { id: 'engine' as const, needs: [], remedy: undefined, setting: undefined, source: undefined }
  if (engine === undefined)
    return {
      ...none,
      tone: 'info',
      text: 'Whether the engine makes checkpoints depends on which it is.',
      remedy: 'Write the version as kubectl get nodes -o wide shows it: containerd://2.2.1 or cri-o://1.34.0.',
    }
  const { state, summary, remedy, setting, source } = restoreSupport(engine, version)
  if (state === 'unknown') return { ...none, tone: 'info', text: `${typed.trim()} holds no version of ${engine}.` }
  if (state === 'none')
    return {
      ...none,
      tone: 'bad',
      text: summary,
      source,
      remedy:
        engine === 'containerd'
          ? 'The kubelet answers 500, CheckpointContainer not implemented. Use ctr or runc on the node.'
          : 'Use runc or crun on the node.',
    }
  if (engine === 'CRI-O' && isCriuOff(version))
    return {
      ...none,
      tone: 'warn',
      remedy,
      setting,
      source,
      text: `CRI-O ${version} makes checkpoints only when its CRIU support is switched on, with CRIU on the node.`,
    }
  return { ...none, tone: 'good', text: `${engine} ${version} makes checkpoints, with CRIU on the node.`, source }
}
