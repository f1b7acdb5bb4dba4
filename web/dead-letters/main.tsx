import { createComponent } from 'solid-js';
import { render } from 'solid-js/web';
import { systemClock } from '../../contract/clock.ts';
import { DeadLetters } from './dead-letters.tsx';
import '../styles/index.css';
import './dead-letters.css';

const root = document.getElementById('app');
if (root) render(() => createComponent(DeadLetters, { clock: systemClock }), root);
