import '../../../src/styles/tokens.css'
import '../../../src/styles/reset.css'
import '../../../src/styles/print.css'
import { mount } from 'svelte'
import Harness from './Harness.svelte'
import HexHarness from './HexHarness.svelte'

const target = document.getElementById('app')
if (target) mount(new URLSearchParams(location.search).has('hex') ? HexHarness : Harness, { target })
