/** Before each file of tests: what a process keeps for all of its sessions is as in a new one, since one runs many files. */
import { createAdmission, sharedAdmission } from '../../src/session/admission/admission.ts';

Object.assign(sharedAdmission, createAdmission());
