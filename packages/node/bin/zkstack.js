#!/usr/bin/env node
// Lies in the repository, so that `npm ci` links the command before there is a build.
import '../dist/cli.js'
