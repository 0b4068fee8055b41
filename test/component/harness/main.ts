import '../../../src/styles/tokens.css'
import '../../../src/styles/reset.css'
import '../../../src/styles/print.css'
import { mount } from 'svelte'
import Harness from './Harness.svelte'

const target = document.getElementById('app')
if (target) mount(Harness, { target })
