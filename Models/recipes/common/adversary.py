"""A discriminator of patches that is trained in the same backward pass as what it judges."""

import torch
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm


class Discriminator(torch.nn.Module):
    """Scores for patches, and the features they are made of."""

    def __init__(self, widths=(32, 64, 128)):
        super().__init__()
        inputs = (3,) + widths
        self.layers = torch.nn.ModuleList(
            spectral_norm(torch.nn.Conv2d(a, b, 4, 2, 1)) for a, b in zip(inputs, widths))
        self.score = spectral_norm(torch.nn.Conv2d(widths[-1], 1, 3, 1, 1))

    def forward(self, x):
        features, x = [], x * 2 - 1
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.score(x), features


class Reversed(torch.autograd.Function):
    """The identity, with the gradient turned round."""

    @staticmethod
    def forward(context, x, weight):
        context.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return -context.weight * gradient, None


def reversed_gradient(x, weight):
    """What is uphill for the discriminator is downhill for whoever made `x` (Ganin & Lempitsky 2015)."""
    return Reversed.apply(x, weight)


def matching(discriminator, made, features):
    """Distance of the features of `made` to those of the real pictures, the second half of `features`.

    Only whoever made the pictures learns from it: the discriminator's weights count as constants.
    """
    frozen = {k: v.detach() for k, v in discriminator.named_parameters()}
    _, now = torch.func.functional_call(discriminator, frozen, (made,))
    return sum((a - b.chunk(2)[1].detach()).abs().mean() for a, b in zip(now, features))
