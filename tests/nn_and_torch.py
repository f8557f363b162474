"""Run a module of ours and its twin in PyTorch on the same numbers, and compare all of it."""

import numpy as np
import torch

from coursekit.autograd import Tensor

torch.set_num_threads(1)  # a second thread costs more than it brings on arrays this small


def twins(ours, theirs, seed=0, from_torch=True):
    """Give both the same random weights, copied in one direction or the other."""
    theirs.double()
    rng = np.random.default_rng(seed)
    if from_torch:
        with torch.no_grad():
            for parameter in theirs.parameters():
                parameter.copy_(torch.from_numpy(rng.normal(size=parameter.shape)))
        ours.load_state_dict(theirs.state_dict())
    else:
        for parameter in ours.parameters():
            parameter.data[...] = rng.normal(size=parameter.shape)
        state = {name: torch.from_numpy(array) for name, array in ours.state_dict().items()}
        theirs.load_state_dict(state)  # strict: all names must be there, and no others
    return ours, theirs


def assert_same(ours, theirs, *inputs, seed=0, atol=1e-10):
    """Compare outputs, and the gradients of all inputs and parameters, of one weighted sum of them.

    Inputs of integers, and those that are None, are passed on as they are, without gradients.
    """
    our_inputs, their_inputs = [], []
    for array in inputs:
        if isinstance(array, tuple):
            pairs = [_both(each) for each in array]
            our_inputs.append(tuple(pair[0] for pair in pairs))
            their_inputs.append(tuple(pair[1] for pair in pairs))
        else:
            our_input, their_input = _both(array)
            our_inputs.append(our_input)
            their_inputs.append(their_input)
    our_outputs = _flat(ours(*our_inputs))
    their_outputs = _flat(theirs(*their_inputs))
    assert len(our_outputs) == len(their_outputs)
    rng = np.random.default_rng(seed + 1)
    our_sum = their_sum = 0
    for mine, other in zip(our_outputs, their_outputs, strict=True):
        assert mine.shape == tuple(other.shape)
        np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=1e-10, atol=atol)
        weights = rng.normal(size=mine.shape)
        our_sum = our_sum + (mine * weights).sum()
        their_sum = their_sum + (other * torch.from_numpy(np.asarray(weights))).sum()
    our_sum.backward()
    their_sum.backward()
    for mine, other in zip(_flat(our_inputs), _flat(their_inputs), strict=True):
        if isinstance(mine, Tensor):
            np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-9, atol=atol)
    our_parameters = ours.named_parameters() if hasattr(ours, "named_parameters") else []
    their_parameters = theirs.named_parameters() if hasattr(theirs, "named_parameters") else []
    for (name, mine), (their_name, other) in zip(our_parameters, their_parameters, strict=True):
        assert name == their_name
        np.testing.assert_allclose(
            mine.grad, other.grad.numpy(), rtol=1e-9, atol=atol, err_msg=name
        )


def _both(array):
    if array is None:
        return None, None
    if array.dtype.kind in "iu":
        return array, torch.from_numpy(array)
    return Tensor(array.copy()), torch.tensor(array, requires_grad=True)


def _flat(values):
    if isinstance(values, (tuple, list)):
        return [each for value in values for each in _flat(value)]
    return [values]
